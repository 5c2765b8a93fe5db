"""Writes the shipped form of SmolLM2's draft: a folder of weights as web-llm loads them, each matrix in groups of 32 codes of four bits, and what the draft was
trained for.

    smollm2_export.py --checkpoint FILE --kind KIND --measured FILE [--start FOLDER] [--out training/weights/smollm2-head]

Embedding and head are columns of the target's, codes and scales as they are. draft.json beside the weights names them and the target, by its embedding, with their
hashes, so that a cut file and the draft of another target are refused. README.md is
its model card, with what smollm2_evaluate.py measured.
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
from smollm2_answers import conversations
from smollm2_draft import GAMMA, KINDS, Draft, load
from smollm2_evaluate import FOUR_BITS, TEMPERATURES


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


CARD = """# SmolLM2 135M, head: model card

A draft for SmolLM2-135M-Instruct in Q4_1, as `npm run models -- smollm2` puts it beside the page, and for no other target. One layer of a decoder that reads the target's last
hidden state after the token before, beside the embedding of a token; from the second draft token on, its own output stands for that state (Li et al. 2024,
"EAGLE: Speculative Sampling Requires Rethinking Feature Uncertainty"). It proposes tokens for its target to verify and cannot answer alone.

{parameters:,} parameters in groups of 32 codes of four bits, {megabytes:.1f} MB. Embedding and head are the target's own columns for {known:,} ids, exactly; of all other ids it reads
nothing, and it proposes none of them.

## Data and licence

It learnt from {conversations:,} conversations of {tokens:,} tokens that SmolLM2 wrote itself; `training/DATA.md` says how. Apache-2.0, as SmolLM2, whose columns it holds and of whose
last layer its own began as a copy, and as this project.

## Measured

Accepted/drafted at γ = {gamma} on 60 requests that no training saw, with the weights as shipped; in brackets the share accepted of the drafts that were judged, by position. At
temperature 0 rounds are those of decoding; at 0.8 they are expected ones on the target's own text.

{table}
"""


def card(measured: dict, told: dict, nbytes: int) -> str:
    cells = lambda each: f"{each['accepted_per_drafted']:.2f} ({' '.join('-' if share is None else f'{share:.2f}' for share in each['by_position'])})"  # noqa: E731
    kinds = [kind for kind in measured[str(TEMPERATURES[0])] if kind != "all"] + ["all"]
    head = f"| kind | {' | '.join(f'T = {temperature:g}' for temperature in TEMPERATURES)} |\n|{'---|' * (1 + len(TEMPERATURES))}"
    rows = [f"| {kind} | {' | '.join(cells(measured[str(temperature)][kind]) for temperature in TEMPERATURES)} |" for kind in kinds]
    known = told["columns"] - 1
    return CARD.format(**told, megabytes=nbytes / 1e6, known=known, gamma=GAMMA, table="\n".join([head, *rows]))


def hash_of(array: np.ndarray) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()


def write(out: pathlib.Path, made: dict[str, np.ndarray], target: np.ndarray, told: dict) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with contextlib.redirect_stdout(io.StringIO()):
        tvmjs.dump_tensor_cache(made, str(out), encode_format="raw", meta_data={"ParamSize": len(made)}, show_progress=False)
    (out / "tensor-cache-b16.json").unlink(missing_ok=True)
    weights = [out / "tensor-cache.json", *sorted(out.glob("*.bin"))]
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in weights}
    (out / "draft.json").write_text(json.dumps({"target": hash_of(target)} | told | {"files": files}, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=pathlib.Path, required=True)
    parser.add_argument("--kind", choices=list(KINDS), required=True)
    parser.add_argument("--measured", type=pathlib.Path, required=True, help="what smollm2_evaluate.py wrote of it, rounded")
    parser.add_argument("--data", type=pathlib.Path, nargs="+", default=[pathlib.Path("build/smollm2")], help="folders of the answers that it learnt from")
    parser.add_argument("--start", type=pathlib.Path, help="folder of the draft that it started from")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("training/weights/smollm2-head"))
    chosen = parser.parse_args()
    draft = load(chosen.checkpoint, chosen.kind, smollm2.load())
    target = layout.read(smollm2.FOLDER)["emb"]
    made = arrays(draft, target)
    before = json.loads((chosen.start / "draft.json").read_text()) if chosen.start else {"conversations": 0, "tokens": 0}
    learnt = [each for folder in chosen.data for each in conversations(folder)]
    told = {
        "kind": chosen.kind,
        "parameters": sum(each.numel() for each in draft.parameters()) + draft.head.numel(),
        "columns": len(draft.kept) + 1,
        "conversations": before["conversations"] + len(learnt),
        "tokens": before["tokens"] + sum(len(each["ids"]) for each in learnt),
        "shape": decoder(draft).key,
    }
    write(chosen.out, made, target, told)
    nbytes = sum(each.nbytes for each in made.values())
    (chosen.out / "README.md").write_text(card(json.loads(chosen.measured.read_text()), told, nbytes))
    print(f"{chosen.out}: {nbytes / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
