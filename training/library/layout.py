"""From a checkpoint's parameters to the arrays of llama.py: matrices [in, out] in packed bfloat16, each norm folded into the matrix behind it,
the halves of every rotated head interleaved, gate and up in blocks of four columns in turns."""
import json
import pathlib

import numpy as np

from pair import Shape


def rotary_columns(s: Shape) -> np.ndarray:
    """Order of the fused qkv columns: inside q and k heads (d, d + D/2) side by side, v heads as they are."""
    order = []
    for head in range(s.heads + 2 * s.kv_heads):
        first = head * s.head_dim
        if head < s.heads + s.kv_heads:
            order += [first + column for d in range(s.head_dim // 2) for column in (d, d + s.head_dim // 2)]
        else:
            order += range(first, first + s.head_dim)
    return np.array(order)


def gate_up_columns(s: Shape) -> np.ndarray:
    """Order of the fused gate and up columns: four of the gate, the same four of up, and so on."""
    fours = np.arange(s.feed_forward).reshape(-1, 1, 4)
    return np.concatenate([fours, fours + s.feed_forward], axis=1).reshape(-1)


def to_bfloat16(array: np.ndarray) -> np.ndarray:
    """The upper halves of the float32 bits as uint16, rounded to nearest, ties to even."""
    bits = np.ascontiguousarray(array, dtype=np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def pack(matrix: np.ndarray) -> np.ndarray:
    """[in, out] -> uint32 [in / 4, out / 4, 2, 4]: in block (i, j), word (h, c) holds rows 4 i + 2 h (low half) and 4 i + 2 h + 1 of column 4 j + c."""
    rows, columns = matrix.shape
    halves = to_bfloat16(matrix).astype(np.uint32).reshape(rows // 4, 2, 2, columns // 4, 4)
    return np.ascontiguousarray((halves[:, :, 0] | (halves[:, :, 1] << 16)).transpose(0, 2, 1, 3))


def lay_out(state: dict[str, np.ndarray], s: Shape) -> dict[str, np.ndarray]:
    """state: float32 arrays [out, in] under emb, head, norm and layers.I.{qkv, o, gate_up, down, n1, n2}."""
    out = {"emb": np.ascontiguousarray(state["emb"], dtype=np.float32), "head": pack((state["head"] * state["norm"]).T)}
    for layer in range(s.layers):
        at = f"layers.{layer}."
        out[at + "qkv"] = pack((state[at + "qkv"] * state[at + "n1"])[rotary_columns(s)].T)
        out[at + "o"] = pack(state[at + "o"].T)
        out[at + "gu"] = pack((state[at + "gate_up"] * state[at + "n2"])[gate_up_columns(s)].T)
        out[at + "down"] = pack(state[at + "down"].T)
    return out


def unpack(words: np.ndarray) -> np.ndarray:
    """The inverse of `pack`, exactly: uint32 [in / 4, out / 4, 2, 4] -> float32 [in, out]."""
    inner, outer = words.shape[:2]
    halves = np.stack([words << 16, words & 0xFFFF0000], axis=3).astype(np.uint32).view(np.float32)
    return np.ascontiguousarray(halves.transpose(0, 2, 3, 1, 4)).reshape(inner * 4, outer * 4)


def restore(folder: pathlib.Path, s: Shape) -> dict[str, np.ndarray]:
    """A model's shipped folder -> a checkpoint's parameters, float32 [out, in]; the norms, folded into the matrices, are ones."""
    shipped = {}
    for shard in json.loads((folder / "tensor-cache.json").read_text())["records"]:
        content = (folder / shard["dataPath"]).read_bytes()
        for record in shard["records"]:
            part = content[record["byteOffset"] : record["byteOffset"] + record["nbytes"]]
            if record["dtype"] == "uint32":
                shipped[record["name"]] = unpack(np.frombuffer(part, dtype="<u4").reshape(record["shape"])).T
            else:
                shipped[record["name"]] = (np.frombuffer(part, dtype="<u2").astype(np.uint32) << 16).view(np.float32).reshape(record["shape"])
    ones = np.ones(s.hidden, dtype=np.float32)
    state = {"emb": shipped["emb"], "head": shipped["head"], "norm": ones}
    for layer in range(s.layers):
        at = f"layers.{layer}."
        state[at + "qkv"] = shipped[at + "qkv"][np.argsort(rotary_columns(s))]
        state[at + "o"], state[at + "down"] = shipped[at + "o"], shipped[at + "down"]
        state[at + "gate_up"] = shipped[at + "gu"][np.argsort(gate_up_columns(s))]
        state[at + "n1"] = state[at + "n2"] = ones
    return {name: np.ascontiguousarray(array) for name, array in state.items()}
