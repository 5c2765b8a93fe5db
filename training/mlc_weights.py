"""Writes a Llama of a GGUF file in MLC's format, quantised as mlc-llm does it (quantization/group_quantization.py, layout NK), by TVM itself (tvm.contrib.tvmjs).

    mlc_weights.py FILE.gguf MODEL OUT [--quantization q4f16_1|q4f32_1] [--layers N]

MODEL is the folder of the same model as the page converts it, for its tokenizer and chat template. OUT/resolve/main gets the model, of its first N layers or all;
OUT/reference.json the greedy texts of the prompts in test/fixtures/smollm2.json, computed in numpy (reference.py) with the weights that were written.
"""
import argparse
import json
import pathlib
import shutil

import gguf
import numpy as np
from tvm.contrib import tvmjs

import reference
from library.mlc_format import bf16, dequantise, quantise

PROMPTS = pathlib.Path(__file__).parent.parent / "test/fixtures/smollm2.json"
TOKENS = 12


def halves_apart(weights: np.ndarray, heads: int) -> np.ndarray:
    """Rows of q or k from a GGUF file's order, in which numbers that turn together are neighbours, to Hugging Face's."""
    return weights.reshape(heads, -1, 2, weights.shape[1]).swapaxes(1, 2).reshape(weights.shape)


def side_by_side(weights: np.ndarray, heads: int) -> np.ndarray:
    """Back again."""
    return weights.reshape(heads, 2, -1, weights.shape[1]).swapaxes(1, 2).reshape(weights.shape)


def convert(model: reference.Llama, dtype) -> dict[str, np.ndarray]:
    """-> MLC's tensors by their names. From then on `model` has the weights that are stored in them."""
    params: dict[str, np.ndarray] = {}
    theirs = model.tensors

    def matrix(name: str, parts: list[tuple[str, int]]):
        """parts: names of the file's tensors, each with its heads where these are rotated, else 0."""
        ordered = [halves_apart(theirs[part], heads) if heads else theirs[part] for part, heads in parts]
        words, scale = quantise(np.concatenate(ordered), dtype)
        params[f"{name}.q_weight"], params[f"{name}.q_scale"] = words, scale
        stored = np.split(dequantise(words, scale), np.cumsum([len(each) for each in ordered])[:-1])
        for (part, heads), rows in zip(parts, stored, strict=True):
            theirs[part] = side_by_side(rows, heads) if heads else rows

    def vector(name: str, part: str):
        params[name] = theirs[part].astype(dtype)
        theirs[part] = bf16(params[name]).astype(np.float32)

    matrix("model.embed_tokens", [("token_embd.weight", 0)])
    for i in range(model.layers):
        at, blk = f"model.layers.{i}.", f"blk.{i}."
        vector(f"{at}input_layernorm.weight", f"{blk}attn_norm.weight")
        matrix(f"{at}mlp.down_proj", [(f"{blk}ffn_down.weight", 0)])
        matrix(f"{at}mlp.gate_up_proj", [(f"{blk}ffn_gate.weight", 0), (f"{blk}ffn_up.weight", 0)])
        vector(f"{at}post_attention_layernorm.weight", f"{blk}ffn_norm.weight")
        qkv = [(f"{blk}attn_q.weight", model.heads), (f"{blk}attn_k.weight", model.kv_heads), (f"{blk}attn_v.weight", 0)]
        matrix(f"{at}self_attn.qkv_proj", qkv)
        matrix(f"{at}self_attn.o_proj", [(f"{blk}attn_output.weight", 0)])
    vector("model.norm.weight", "output_norm.weight")
    return params


def config_of(own: dict, model: reference.Llama, quantization: str) -> dict:
    """As mlc-llm's gen_config writes it."""
    sizes = own["model_config"]
    return own | {
        "quantization": quantization,
        "prefill_chunk_size": 1024,
        "model_config": {
            **{name: sizes[name] for name in ("hidden_size", "intermediate_size", "num_attention_heads", "num_key_value_heads", "head_dim", "rms_norm_eps", "vocab_size")},
            "num_hidden_layers": model.layers, "tie_word_embeddings": True, "position_embedding_base": sizes["rope_theta"], "rope_scaling": None,
            "context_window_size": own["context_window_size"], "prefill_chunk_size": 1024, "tensor_parallel_shards": 1, "max_batch_size": 128,
        },
    }


def write(file: pathlib.Path, converted: pathlib.Path, out: pathlib.Path, quantization: str, layers: int | None) -> None:
    model = reference.Llama(gguf.GGUFReader(file))
    model.layers = layers or model.layers
    params = convert(model, np.float16 if quantization == "q4f16_1" else np.float32)
    folder = out / "resolve/main"
    folder.mkdir(parents=True, exist_ok=True)
    tvmjs.dump_tensor_cache(params, str(folder), meta_data={"ParamSize": len(params)}, encode_format="f32-to-bf16", show_progress=False)
    (folder / "tensor-cache-b16.json").unlink(missing_ok=True)
    made = converted / "resolve/main"
    shutil.copy(made / "tokenizer.json", folder)
    config = config_of(json.loads((made / "mlc-chat-config.json").read_text()), model, quantization)
    (folder / "mlc-chat-config.json").write_text(json.dumps(config, indent=2) + "\n")
    stops = config["conv_template"]["stop_token_ids"]
    prompts = json.loads(PROMPTS.read_text())["prompts"]
    answers = [{"question": each["question"], "ids": each["ids"]} | reference.answer(model, each["ids"], "last-row", TOKENS, stops)[1] for each in prompts]
    (out / "reference.json").write_text(json.dumps(answers, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("file", "model", "out"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--quantization", choices=["q4f16_1", "q4f32_1"], default="q4f32_1")
    parser.add_argument("--layers", type=int)
    chosen = parser.parse_args()
    write(chosen.file, chosen.model, chosen.out, chosen.quantization, chosen.layers)


if __name__ == "__main__":
    main()
