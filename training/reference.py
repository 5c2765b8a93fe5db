"""Reads a GGUF file of the family Llama in float32 with numpy and ggml's own Python package, and shares no code with what it judges: the page's loader and
kernels (bench/reference.mjs), and the conversion to grouped weights (bench/gguf.mjs).

    reference.py logits MODEL.gguf ASKED.json OUT    the logits of prompts and greedy texts, as ASKED says
    reference.py weights MODEL.gguf FOLDER           each weight of a converted model against the file's; a line of JSON

Its packages are those of requirements-reference.txt.
"""
import json
import pathlib
import sys

import gguf
import numpy as np

# Words in front of a converted matrix (library/grouped.py says its layout): bits of a code, weights of a group, form of scales, factor, inner side, columns.
HEADER = 8


class Llama:
    def __init__(self, reader: gguf.GGUFReader):
        field = lambda key: reader.fields[f"llama.{key}"].contents()  # noqa: E731
        self.tensors = {tensor.name: gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32) for tensor in reader.tensors}
        self.layers, self.heads, self.kv_heads = field("block_count"), field("attention.head_count"), field("attention.head_count_kv")
        self.head_dim = field("embedding_length") // self.heads
        self.epsilon, self.theta = np.float32(field("attention.layer_norm_rms_epsilon")), field("rope.freq_base")
        self.forget()

    def forget(self) -> None:
        self.cache = [(np.empty((0, self.kv_heads, self.head_dim), np.float32),) * 2 for _ in range(self.layers)]

    def logits(self, ids: list[int]) -> np.ndarray:
        """Of each of `ids` behind what came before, float32 [ids, vocabulary]."""
        start = len(self.cache[0][0])
        embedding = self.tensors["token_embd.weight"]
        x = embedding[ids]
        for i in range(self.layers):
            x = x + self.attention(i, self.norm(x, f"blk.{i}.attn_norm"), start)
            h = self.norm(x, f"blk.{i}.ffn_norm")
            gate, up = self.times(h, f"blk.{i}.ffn_gate"), self.times(h, f"blk.{i}.ffn_up")
            x = x + self.times(gate / (1 + np.exp(-gate)) * up, f"blk.{i}.ffn_down")
        return self.norm(x, "output_norm") @ self.tensors.get("output.weight", embedding).T

    def times(self, x: np.ndarray, name: str) -> np.ndarray:
        return x @ self.tensors[f"{name}.weight"].T

    def norm(self, x: np.ndarray, name: str) -> np.ndarray:
        return x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + self.epsilon) * self.tensors[f"{name}.weight"]

    def attention(self, i: int, x: np.ndarray, start: int) -> np.ndarray:
        rows, end = len(x), start + len(x)
        shaped = lambda name, heads: self.times(x, f"blk.{i}.{name}").reshape(rows, heads, self.head_dim)  # noqa: E731
        new = self.rotated(shaped("attn_k", self.kv_heads), start), shaped("attn_v", self.kv_heads)
        keys, values = self.cache[i] = tuple(np.concatenate(both) for both in zip(self.cache[i], new, strict=True))
        # Each head of keys and values serves as many neighbouring heads of queries.
        queries = self.rotated(shaped("attn_q", self.heads), start).reshape(rows, self.kv_heads, -1, self.head_dim)
        scores = np.einsum("rkhd,ckd->khrc", queries, keys) / np.float32(np.sqrt(self.head_dim))
        scores = np.where(np.arange(end) <= np.arange(start, end)[:, None], scores, np.float32(-np.inf))
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        return self.times(np.einsum("khrc,ckd->rkhd", weights, values).reshape(rows, -1), f"blk.{i}.attn_output")

    def rotated(self, x: np.ndarray, start: int) -> np.ndarray:
        """A file of this family has the numbers that turn together side by side."""
        frequencies = self.theta ** (-np.arange(0, self.head_dim, 2) / self.head_dim)
        angles = np.arange(start, start + len(x))[:, None, None] * frequencies
        cos, sin = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
        even, odd = x[..., ::2], x[..., 1::2]
        return np.stack([even * cos - odd * sin, even * sin + odd * cos], axis=-1).reshape(x.shape)


def answer(model: Llama, ids: list[int], rows: str, tokens: int, stops: list[int]) -> tuple[np.ndarray, dict]:
    """-> the logits of the last of `ids`, or of all; the greedy text behind them, and the gap between the two best logits at each of its tokens."""
    model.forget()
    logits = model.logits(ids)
    greedy, gaps, last = [], [], logits[-1]
    while len(greedy) < tokens and (not greedy or greedy[-1] not in stops):
        second, first = np.partition(last, -2)[-2:]
        greedy.append(int(last.argmax()))
        gaps.append(float(first - second))
        if len(greedy) < tokens:
            last = model.logits(greedy[-1:])[0]
    return logits if rows == "all-rows" else logits[-1:], {"greedy": greedy, "gaps": gaps}


def write_logits(file: str, asked: str, out: str) -> None:
    """ASKED has prompts of {"ids", "rows": "all-rows" or "last-row", "tokens"} and the ids that end a text."""
    model = Llama(gguf.GGUFReader(file))
    told = json.loads(pathlib.Path(asked).read_text())
    folder = pathlib.Path(out)
    texts = []
    for i, each in enumerate(told["prompts"]):
        logits, text = answer(model, each["ids"], each["rows"], each["tokens"], told["stops"])
        (folder / f"{i}.bin").write_bytes(logits.astype("<f4").tobytes())
        texts.append(text)
        print(f"numpy: {i + 1} of {len(told['prompts'])}", file=sys.stderr, flush=True)
    (folder / "texts.json").write_text(json.dumps(texts))


def unpacked(words: np.ndarray) -> np.ndarray:
    """-> float32 [columns, inner] of a converted matrix, read by the words of its layout alone."""
    _, bits, group, form, factor, _, inner, columns = words[:HEADER].tolist()
    factor = np.uint32(factor).view(np.float32)
    per = 32 // bits
    words = words[HEADER:]
    count = inner // per * columns
    codes = words[:count].view(np.uint8).reshape(inner // per, columns, 4)
    if bits == 4:
        codes = np.stack([codes & 15, codes >> 4], axis=2).reshape(inner // per, columns, 8)
    codes = codes.transpose(1, 0, 2).reshape(columns, inner).astype(np.float32)
    rest = words[count:]
    if form == 0:
        scales, offsets = rest.view(np.float16).reshape(-1, columns, 2).astype(np.float32).transpose(2, 1, 0)
    elif form == 1:
        scales = rest.view(np.float32).reshape(-1, columns).T
        offsets = scales * factor
    else:
        scales, offsets = rest.view(np.float32).reshape(-1, columns // 4, 2, 4).transpose(2, 1, 3, 0).reshape(2, columns, -1)
    wide = lambda each: np.repeat(each, group, axis=1)  # noqa: E731
    return wide(scales) * codes + wide(offsets)


def converted(folder: pathlib.Path) -> dict[str, np.ndarray]:
    """-> the arrays of a converted model by name, parts of one matrix put together: float32 [columns, inner], or [size]."""
    arrays: dict[str, list[np.ndarray]] = {}
    for shard in json.loads((folder / "tensor-cache.json").read_text())["records"]:
        data = (folder / shard["dataPath"]).read_bytes()
        for record in shard["records"]:
            words = np.frombuffer(data, "<u4", record["nbytes"] // 4, record["byteOffset"])
            name, _, part = record["name"].rpartition(".")
            name = name if part.isdigit() else record["name"]
            arrays.setdefault(name, []).append(unpacked(words) if record["dtype"] == "uint32" else words.view("<f4"))
    return {name: np.concatenate(parts) for name, parts in arrays.items()}


def expected(model: Llama) -> dict[str, np.ndarray]:
    """-> the arrays that a converted model should have, from the file's tensors."""
    tensor = lambda name: model.tensors[f"{name}.weight"]  # noqa: E731
    arrays = {"emb": tensor("token_embd"), "norm": tensor("output_norm")}
    if "output.weight" in model.tensors:
        arrays["head"] = tensor("output")
    for i in range(model.layers):
        at, theirs = f"layers.{i}.", f"blk.{i}."
        arrays[at + "qkv"] = np.concatenate([tensor(f"{theirs}attn_{key}") for key in "qkv"])
        arrays[at + "o"], arrays[at + "down"] = tensor(theirs + "attn_output"), tensor(theirs + "ffn_down")
        # Four columns of the gate, then the same four of what it opens.
        gate, up = (tensor(f"{theirs}ffn_{key}").reshape(-1, 4, arrays[at + "o"].shape[0]) for key in ("gate", "up"))
        arrays[at + "gu"] = np.stack([gate, up], axis=1).reshape(-1, gate.shape[-1])
        arrays[at + "n1"], arrays[at + "n2"] = tensor(theirs + "attn_norm"), tensor(theirs + "ffn_norm")
    return arrays


def compare_weights(file: str, folder: str) -> None:
    reader = gguf.GGUFReader(file)
    theirs, ours = expected(Llama(reader)), converted(pathlib.Path(folder))
    if theirs.keys() != ours.keys():
        raise SystemExit(f"The arrays are others: {sorted(theirs.keys() ^ ours.keys())}")
    off = [float(np.abs(ours[name] - array).max() / np.abs(array).max()) for name, array in theirs.items()]
    kinds = [tensor.tensor_type.name for tensor in reader.tensors]
    types = {kind: kinds.count(kind) for kind in sorted(set(kinds))}
    print(json.dumps({"types": types, "weights": sum(a.size for a in theirs.values()), "arrays": len(off), "exact": off.count(0.0), "largest": max(off)}))


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    {"logits": write_logits, "weights": compare_weights}[what](*arguments)
