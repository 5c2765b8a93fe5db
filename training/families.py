"""Makes a small random model of each family that the grouped library knows, as files that the page loads, and what Hugging Face transformers computes from
the same weights: `npm run bench:families` compares the two.

    families.py [NAME…] [--out build/families] [--runtime build/runtime]

Its packages are those of requirements-families.txt. The matrices have every number of bits, size of group and form of scales among them.
"""
import argparse
import contextlib
import hashlib
import io
import itertools
import json
import pathlib
import shutil
from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM
from tvm.contrib import tvmjs

from library import compile as library
from library import grouped, layout, web_llm
from library.decoder import QUANTIZATION
from library.grouped import Grouped
from library.reduced import LOWEST
from library.shapes import Decoder, RopeScaling

HERE = pathlib.Path(__file__).parent
# The tokenizer of the embedded pair, whose vocabulary the small models have; nothing is encoded with it.
TOKENIZER = HERE.parent / "public/models/target/resolve/main/tokenizer.json"
LENGTH = 60

SMALL = {"hidden": 192, "feed_forward": 320, "layers": 2, "vocabulary": 2048, "context": 256}
LLAMA = Decoder(**SMALL, heads=6, kv_heads=2, head_dim=64, rope_theta=100000)
FAMILIES = {
    "llama": (Decoder(**SMALL, heads=6, kv_heads=2, head_dim=64, rope_theta=500000, rope_scaling=RopeScaling(8, original=64)), LlamaConfig, LlamaForCausalLM),
    "qwen2": (Decoder(**SMALL, heads=6, kv_heads=1, head_dim=64, rope_theta=1000000, tied=False, biases=True, norm_epsilon=1e-6), Qwen2Config, Qwen2ForCausalLM),
    "qwen3": (Decoder(**SMALL, heads=4, kv_heads=2, head_dim=128, rope_theta=1000000, head_norms=True, norm_epsilon=1e-6), Qwen3Config, Qwen3ForCausalLM),
    # The roles of drafting (library/drafts.py).
    "keeps": (replace(LLAMA, keeps_states=True), LlamaConfig, LlamaForCausalLM),
    "reduced": (replace(LLAMA, reduced=528), LlamaConfig, LlamaForCausalLM),
    "reads": (replace(LLAMA, reduced=528, reads_states=True), LlamaConfig, LlamaForCausalLM),
}
READ = ("from_state", "from_embedding")
# Bits, group, and the zero of a symmetric type; None: offsets of their own, as halves or as floats.
TYPES = [(4, 32, None, True), (8, 16, 32, False), (4, 32, 8, False), (8, 32, 128, True), (4, 32, None, False), (4, 16, 8, False), (8, 16, None, True), (8, 32, None, False)]


def a_matrix(random: np.random.Generator, inner: int, columns: int, bits: int, group: int, zero: int | None, halves: bool) -> Grouped:
    """Weights of about 1 / sqrt(inner)."""
    codes = random.integers(0, 2**bits, size=(inner, columns), dtype=np.uint8)
    scales = random.uniform(0.5, 1.5, size=(inner // group, columns)) / np.sqrt(inner) * 4 / 2**bits
    offsets = -scales * (2**bits - 1) / 2 * random.uniform(0.9, 1.1, size=scales.shape)
    kind = np.float16 if halves else np.float32
    scales, offsets = (each.astype(kind).astype(np.float32) for each in (scales, offsets))
    return Grouped(bits, group, codes, scales, offsets) if zero is None else Grouped.symmetric(bits, group, codes, scales / 2, zero)


def weights(s: Decoder, seed: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """-> the arrays of decoder.py, and the same weights as transformers names them, [out, in]."""
    random = np.random.default_rng(seed)
    types = itertools.cycle(TYPES[seed:] + TYPES[:seed])
    gains = lambda size: random.uniform(0.5, 1.5, size=size).astype(np.float32)  # noqa: E731
    arrays, state = {}, {}

    def put(name: str, matrix: Grouped) -> np.ndarray:
        count = grouped.parts(*matrix.codes.shape)
        width = matrix.codes.shape[1] // count
        for i in range(count):
            part = matrix.columns(slice(i * width, (i + 1) * width))
            arrays[name if count == 1 else f"{name}.{i}"] = grouped.pack(part, i * width)
        return matrix.weights().T

    made = {name: lambda inner=inner, columns=columns: a_matrix(random, inner, columns, *next(types)) for name, (inner, columns) in s.matrices().items()}
    embedding = made["emb"]()
    if s.reduced:
        # The last column is that of what is not known: zeros.
        for each in (embedding.codes, embedding.scales, embedding.offsets):
            each[:, -1] = 0
        arrays["columns"] = random.permutation(np.concatenate([np.arange(s.reduced), np.full(s.vocabulary - s.reduced, s.reduced - 1)])).astype(np.int32)
    rows = put("emb", embedding)
    state["model.embed_tokens.weight"] = rows[arrays["columns"]] if s.reduced else rows
    if s.reads_states:
        arrays["ones"] = np.ones(s.hidden, np.float32)
        for name in READ:
            state[name] = put(name, a_matrix(random, s.hidden, s.hidden, *next(types)))
    plain = np.argsort(layout.rotary_columns(s))
    head = np.argsort(layout.rotary_columns(Decoder(s.head_dim, 64, 1, 1, 1, s.head_dim, 64, 1))[: s.head_dim])
    for i in range(s.layers):
        at, theirs = f"layers.{i}.", f"model.layers.{i}."
        sides = np.cumsum([s.heads * s.head_dim, s.kv_heads * s.head_dim])
        for key, rows in zip("qkv", np.split(put(at + "qkv", made["qkv"]())[plain], sides), strict=True):
            state[f"{theirs}self_attn.{key}_proj.weight"] = rows
        state[theirs + "self_attn.o_proj.weight"] = put(at + "o", made["o"]())
        rows = put(at + "gu", made["gu"]())[np.argsort(layout.gate_up_columns(s))]
        state[theirs + "mlp.gate_proj.weight"], state[theirs + "mlp.up_proj.weight"] = np.split(rows, 2)
        state[theirs + "mlp.down_proj.weight"] = put(at + "down", made["down"]())
        arrays[at + "n1"] = state[theirs + "input_layernorm.weight"] = gains(s.hidden)
        arrays[at + "n2"] = state[theirs + "post_attention_layernorm.weight"] = gains(s.hidden)
        if s.biases:
            arrays[at + "qkv_bias"] = random.normal(size=s.qkv).astype(np.float32)
            for key, part in zip("qkv", np.split(arrays[at + "qkv_bias"][plain], sides), strict=True):
                state[f"{theirs}self_attn.{key}_proj.bias"] = part
        if s.head_norms:
            for key in "qk":
                arrays[f"{at}{key}_norm"] = gains(s.head_dim)
                state[f"{theirs}self_attn.{key}_norm.weight"] = arrays[f"{at}{key}_norm"][head]
    arrays["norm"] = state["model.norm.weight"] = gains(s.hidden)
    state["lm_head.weight"] = state["model.embed_tokens.weight"] if s.tied else put("head", made["head"]())
    return arrays, state


def logits(s: Decoder, config, model, state: dict[str, np.ndarray], columns: np.ndarray | None, ids: list[int]) -> np.ndarray:
    """What transformers computes, float32 [ids, vocabulary]."""
    scaling = s.rope_scaling
    rope = {"rope_type": "default", "rope_theta": float(s.rope_theta)}
    if scaling:
        rope |= {"rope_type": "llama3", "factor": float(scaling.factor), "low_freq_factor": float(scaling.low), "high_freq_factor": float(scaling.high)}
        rope |= {"original_max_position_embeddings": scaling.original}
    sizes = {"hidden_size": s.hidden, "intermediate_size": s.feed_forward, "num_hidden_layers": s.layers, "num_attention_heads": s.heads}
    sizes |= {"num_key_value_heads": s.kv_heads, "head_dim": s.head_dim, "vocab_size": s.vocabulary, "max_position_embeddings": s.context}
    made = model(config(**sizes, rms_norm_eps=s.norm_epsilon, tie_word_embeddings=s.tied, rope_parameters=rope, attn_implementation="eager")).eval()
    unknown = made.load_state_dict({name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in state.items()}, strict=False)
    if unknown.missing_keys or set(unknown.unexpected_keys) - set(READ):
        raise SystemExit(f"The weights are not those of {model.__name__}: {unknown}")
    with torch.no_grad():
        computed = (from_states(made, state, ids) if s.reads_states else made(torch.tensor([ids])).logits)[0].numpy()
    return np.where(columns == s.reduced - 1, np.float32(LOWEST), computed) if s.reduced else computed


def from_states(model, state: dict[str, np.ndarray], ids: list[int]) -> torch.Tensor:
    """Logits where each token is read beside the state that the model itself had after the token before."""
    of_state, of_embedding = (torch.from_numpy(np.ascontiguousarray(state[name])) for name in READ)
    unit = lambda x: F.rms_norm(x, x.shape[-1:], None, model.config.rms_norm_eps)  # noqa: E731
    embedded = unit(model.model.embed_tokens(torch.tensor([ids]))) @ of_embedding.T
    read, before = [], torch.zeros(1, 1, embedded.shape[-1])
    for at in range(len(ids)):
        read.append(embedded[:, at:at + 1] + before @ of_state.T)
        states = model.model(inputs_embeds=torch.cat(read, 1)).last_hidden_state
        before = states[:, -1:] / model.model.norm.weight
    return model.lm_head(states)


def chat_config(s: Decoder) -> dict:
    template = {"name": "plain", "system_template": "{system_message}", "system_message": "", "roles": {"user": "", "assistant": "", "tool": ""}}
    template |= {"role_content_sep": "", "role_empty_sep": "", "seps": [""], "stop_str": [], "stop_token_ids": [2]}
    sizes = {"vocab_size": s.vocabulary, "context_window_size": s.context, "sliding_window_size": -1, "attention_sink_size": -1}
    scaling = s.rope_scaling
    told = scaling and {"rope_type": "llama3", "factor": scaling.factor, "low_freq_factor": scaling.low, "high_freq_factor": scaling.high, "original_max_position_embeddings": scaling.original}
    return {
        "model_type": "llama",
        "quantization": QUANTIZATION,
        **sizes,
        "prefill_chunk_size": web_llm.PREFILL_CHUNK,
        "tokenizer_files": ["tokenizer.json"],
        "tokenizer_info": {"token_postproc_method": "byte_level", "prepend_space_in_encode": False, "strip_space_in_decode": False},
        "conv_template": template,
        "model_config": web_llm.model_config(s) | {"rope_scaling": told},
    }


def make(name: str, out: pathlib.Path, runtime: pathlib.Path, seed: int) -> dict:
    """Writes one family's model and what it should compute; -> its entries in the manifest, one a library."""
    s, config, model = FAMILIES[name]
    arrays, state = weights(s, seed)
    folder = out / name / "resolve" / "main"
    folder.mkdir(parents=True)
    with contextlib.redirect_stdout(io.StringIO()):
        tvmjs.dump_tensor_cache(arrays, str(folder), encode_format="raw", meta_data={"ParamSize": len(arrays)}, show_progress=False)
    (folder / "tensor-cache-b16.json").unlink(missing_ok=True)
    shutil.copyfile(TOKENIZER, folder / "tokenizer.json")
    (folder / "mlc-chat-config.json").write_text(json.dumps(chat_config(s)))
    ids = np.random.default_rng(seed).integers(0, s.vocabulary, size=LENGTH).tolist()
    # States of its own are there once the token before was computed.
    expected = {"single": s.reads_states, "ids": ids, "vocabulary": s.vocabulary, "logits": f"{name}.bin"}
    (out / f"{name}.bin").write_bytes(logits(s, config, model, state, arrays.get("columns"), ids).astype("<f4").tobytes())
    (out / f"{name}.json").write_text(json.dumps(expected))
    # What its host code costs does not matter here.
    library.compile_variants(s, str(runtime), str(out / "libraries"), name, "-O1")
    files = [entry(out, path) for path in sorted((out / name).rglob("*")) if path.is_file()]
    common = {"name": name, "parameters": 1, "vocabulary": s.vocabulary, "context": s.context, "path": name, "files": files}
    compiled = [{"needs": needs} | entry(out, out / "libraries" / f"{name}{ending}.wasm") for ending, needs in library.VARIANTS.items()]
    return {name: common | {"libraries": compiled}, f"{name} without subgroups": common | {"libraries": compiled[-1:]}}


def entry(out: pathlib.Path, path: pathlib.Path) -> dict:
    content = path.read_bytes()
    return {"path": path.relative_to(out).as_posix(), "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(FAMILIES)}; all by default")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/families"), help="folder to write, replaced if it is there")
    parser.add_argument("--runtime", type=pathlib.Path, default=pathlib.Path("build/runtime"), help="folder of the compiled browser runtime")
    chosen = parser.parse_args()
    out, names = chosen.out, chosen.names or list(FAMILIES)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    library.compile_runtime(str(chosen.runtime))
    models = {}
    for name in names:
        models |= make(name, out, chosen.runtime, list(FAMILIES).index(name))
        print(name, flush=True)
    pair = {"name": "Families", "target": names[0], "drafts": [{"id": names[0], "name": names[0]}]}
    (out / "manifest.json").write_text(json.dumps({"format": 1, "pair": pair, "models": models}, indent=1))


if __name__ == "__main__":
    main()
