"""From a checkpoint's parameters to the arrays of llama.py: matrices [in, out] in packed int8, each norm folded into the matrix after it,
the halves of every rotated head interleaved, gate and up in blocks of four columns in turns."""
import json
import pathlib

import numpy as np

from pair import Shape

# What a column's largest weight may be, in steps; up to 127 it is not cut.
LARGEST_IN_STEPS = range(120, 132)


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


def pack(matrix: np.ndarray) -> np.ndarray:
    """[in, out] -> uint32 [in / 4 + 1, out / 4, 4]: word (i, j, c) holds rows 4 i to 4 i + 3 of column 4 j + c in its bytes, the first in the lowest;
    the last block row holds the columns' scales as the bits of float32.

    A weight is read as the word, shifted left until the weight's byte is the highest, as a signed number times the scale, which is a step / 2^24:
    lower bytes stay in as a fraction of a step, which costs nothing to read and which the rounding takes into account. So a weight is at most half a
    step off, as with bytes alone, except the largest of a column, which may be cut: of a few steps it gets the one of the least squared error.

    Raises ValueError where that error is more than a grid of such steps explains, as with a weight that is not a number."""
    largest = np.maximum(np.abs(matrix).max(axis=0), 2.0**-20)
    best, least = None, None
    for count in LARGEST_IN_STEPS:
        words = pack_in_steps(matrix, (largest / count).astype(np.float32))
        error = ((unpack(words) - matrix) ** 2).sum(axis=0).reshape(words.shape[1:])
        best, least = (words, error) if best is None else (np.where(error < least, words, best), np.minimum(error, least))
    if not np.all(least <= len(matrix) * (largest / LARGEST_IN_STEPS[0]).reshape(least.shape) ** 2 / 4):
        raise ValueError("A matrix cannot be packed: what is read of it differs by more than half a step, root mean square.")
    return best


def pack_in_steps(matrix: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """The same with the step of every column given, float32 [out]."""
    rows, columns = matrix.shape
    exact = (matrix / steps).reshape(rows // 4, 4, columns // 4, 4)
    words = np.zeros((rows // 4 + 1, columns // 4, 4), dtype=np.uint32)
    for place in range(4):
        below = words[:-1] / 2.0 ** (8 * place)
        byte = np.clip(np.rint(exact[:, place] - below), -128, 127).astype(np.int8).view(np.uint8)
        words[:-1] |= byte.astype(np.uint32) << (8 * place)
    words[-1] = (steps * np.float32(2.0**-24)).reshape(columns // 4, 4).view(np.uint32)
    return words


def unpack(words: np.ndarray) -> np.ndarray:
    """What a kernel reads of packed words: uint32 [in / 4 + 1, out / 4, 4] -> float32 [in, out]."""
    shifted = np.stack([words[:-1] << shift for shift in (24, 16, 8, 0)], axis=1).astype(np.uint32).view(np.int32)
    return (shifted.astype(np.float32) * words[-1].view(np.float32)).reshape(-1, words.shape[1] * 4)


def matrices(state: dict[str, np.ndarray], s: Shape) -> dict[str, np.ndarray]:
    """state: float32 arrays [out, in] under emb, head, norm and layers.I.{qkv, o, gate_up, down, n1, n2} -> float32 [in, out] as they are packed;
    a token's embedding is a column."""
    out = {"emb": state["emb"].T, "head": (state["head"] * state["norm"]).T}
    for layer in range(s.layers):
        at = f"layers.{layer}."
        out[at + "qkv"] = (state[at + "qkv"] * state[at + "n1"])[rotary_columns(s)].T
        out[at + "o"] = state[at + "o"].T
        out[at + "gu"] = (state[at + "gate_up"] * state[at + "n2"])[gate_up_columns(s)].T
        out[at + "down"] = state[at + "down"].T
    return out


def parameters(of: dict[str, np.ndarray], s: Shape) -> dict[str, np.ndarray]:
    """The inverse of `matrices`, except for the norms: those, folded into the matrices, are ones."""
    ones = np.ones(s.hidden, dtype=np.float32)
    state = {"emb": of["emb"].T, "head": of["head"].T, "norm": ones}
    for layer in range(s.layers):
        at = f"layers.{layer}."
        state[at + "qkv"] = of[at + "qkv"].T[np.argsort(rotary_columns(s))]
        state[at + "o"], state[at + "down"] = of[at + "o"].T, of[at + "down"].T
        state[at + "gate_up"] = of[at + "gu"].T[np.argsort(gate_up_columns(s))]
        state[at + "n1"] = state[at + "n2"] = ones
    return {name: np.ascontiguousarray(array) for name, array in state.items()}


def lay_out(state: dict[str, np.ndarray], s: Shape) -> dict[str, np.ndarray]:
    """A checkpoint's parameters -> what is shipped."""
    return {name: pack(matrix) for name, matrix in matrices(state, s).items()}


def restore(shipped: dict[str, np.ndarray], s: Shape) -> dict[str, np.ndarray]:
    """What is shipped -> a checkpoint's parameters, rounded as they are shipped. To lay them out again rounds them again, to other steps."""
    return parameters({name: unpack(words) for name, words in shipped.items()}, s)


def read(folder: pathlib.Path) -> dict[str, np.ndarray]:
    """The arrays of a model's shipped folder."""
    shipped = {}
    for shard in json.loads((folder / "tensor-cache.json").read_text())["records"]:
        content = (folder / shard["dataPath"]).read_bytes()
        for record in shard["records"]:
            part = content[record["byteOffset"] : record["byteOffset"] + record["nbytes"]]
            shipped[record["name"]] = np.frombuffer(part, dtype="<u4").reshape(record["shape"])
    return shipped
