"""Writes the shipped form of SmolLM2's draft: a folder of weights as web-llm loads them, each matrix in groups of 32 codes of four bits, and what the draft was
trained for.

    smollm2_export.py --checkpoint FILE --kind KIND [--data build/smollm2] [--out training/shipped/smollm2-draft]

Embedding and head are columns of the target's, codes and scales as they are. draft.json beside the weights names the target by its embedding's hash, so that the
draft of another is refused.
"""
import argparse
import contextlib
import hashlib
import io
import json
import pathlib

import numpy as np
import torch
from tvm.contrib import tvmjs

import smollm2
from library import grouped, layout
from library.grouped import Grouped
from library.shapes import SHAPES, Decoder
from quantised import Grid
from smollm2_draft import KINDS, Draft
from smollm2_evaluate import FOUR_BITS, load


def as_grouped(matrix: torch.Tensor, grid: Grid = FOUR_BITS) -> Grouped:
    """[columns, inner] float32 -> groups along the inner side, each with the offset and the scale of the least squared error."""
    columns, inner = matrix.shape
    codes, scales, offsets = grid.codes(matrix)
    sides = (columns, inner // grid.group)
    return Grouped(grid.bits, grid.group, codes.to(torch.uint8).reshape(columns, inner).T.numpy(), scales.reshape(sides).T.numpy(), offsets.reshape(sides).T.numpy())


def reduced(words: np.ndarray, kept: np.ndarray) -> Grouped:
    """The columns of a packed matrix that have the ids `kept`, exactly, and one of zeros after them."""
    known = grouped.unpack(words).columns(kept)
    zeros = [np.zeros((len(each), 1), each.dtype) for each in (known.codes, known.scales, known.offsets)]
    return Grouped(known.bits, known.group, *(np.concatenate(both, axis=1) for both in zip((known.codes, known.scales, known.offsets), zeros, strict=True)))


def columns_of(kept: np.ndarray, vocabulary: int, stops: tuple[int, ...] = smollm2.STOPS) -> np.ndarray:
    """Each id's column, int32 [vocabulary]; those that are not kept have the last.

    Raises ValueError where a stop token is not among `kept`, or the columns are not a multiple of 16."""
    missing = [stop for stop in stops if stop not in kept]
    if missing:
        raise ValueError(f"The reduced vocabulary misses the stop token {missing[0]}: a draft without it drafts past the end of every answer.")
    if (len(kept) + 1) % 16:
        raise ValueError(f"A reduced vocabulary of {len(kept)} ids makes {len(kept) + 1} columns, which is no multiple of 16.")
    columns = np.full(vocabulary, len(kept), np.int32)
    columns[kept] = np.arange(len(kept), dtype=np.int32)
    return columns


def decoder(draft: Draft) -> Decoder:
    """The shape that the draft's library is compiled for."""
    target = SHAPES[smollm2.SHAPE_NAME]
    return Decoder(**{**vars(target), "layers": len(draft.layers), "reduced": len(draft.kept) + 1, "reads_states": draft.kind.reads_state})


def arrays(draft: Draft, embedding: np.ndarray) -> dict[str, np.ndarray]:
    """The parameters of drafts.py. embedding: the target's, packed."""
    s, state = draft.shape, draft.state_dict()
    kept = draft.kept.numpy()
    made = {"emb": grouped.pack(reduced(embedding, kept)), "columns": columns_of(kept, s.vocabulary), "norm": state["norm"].numpy()}
    for i in range(len(draft.layers)):
        at = f"layers.{i}."
        made[at + "qkv"] = grouped.pack(as_grouped(state[at + "qkv"][layout.rotary_columns(s)]))
        made[at + "gu"] = grouped.pack(as_grouped(state[at + "gate_up"][layout.gate_up_columns(s)]))
        made |= {at + name: grouped.pack(as_grouped(state[at + name])) for name in ("o", "down")}
        made |= {at + name: state[at + name].numpy() for name in ("n1", "n2")}
    if draft.kind.reads_state:
        made |= {name: grouped.pack(as_grouped(state[name])) for name in ("from_state", "from_embedding")}
        made["ones"] = np.ones(s.hidden, np.float32)
    return made


def hash_of(array: np.ndarray) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()


def write(out: pathlib.Path, made: dict[str, np.ndarray], target: np.ndarray, told: dict) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with contextlib.redirect_stdout(io.StringIO()):
        tvmjs.dump_tensor_cache(made, str(out), encode_format="raw", meta_data={"ParamSize": len(made)}, show_progress=False)
    (out / "tensor-cache-b16.json").unlink(missing_ok=True)
    (out / "draft.json").write_text(json.dumps({"target": hash_of(target)} | told, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=pathlib.Path, required=True)
    parser.add_argument("--kind", choices=list(KINDS), required=True)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("training/shipped/smollm2-draft"))
    chosen = parser.parse_args()
    draft = load(chosen.checkpoint, chosen.kind, smollm2.load())
    target = layout.read(smollm2.FOLDER)["emb"]
    made = arrays(draft, target)
    told = {"kind": chosen.kind, "parameters": sum(each.numel() for each in draft.parameters()) + draft.head.numel(), "shape": decoder(draft).key}
    write(chosen.out, made, target, told)
    print(f"{chosen.out}: {sum(each.nbytes for each in made.values()) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
