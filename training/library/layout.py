"""From a checkpoint's parameters to the arrays of llama.py: matrices [in, out], each norm folded into the matrix behind it, and the halves
of every rotated head interleaved."""
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


def lay_out(state: dict[str, np.ndarray], s: Shape) -> dict[str, np.ndarray]:
    """state: float32 arrays [out, in] under emb, head, norm and layers.I.{qkv, o, gate_up, down, n1, n2}."""
    out = {"emb": state["emb"], "head": (state["head"] * state["norm"]).T}
    for layer in range(s.layers):
        at = f"layers.{layer}."
        out[at + "qkv"] = (state[at + "qkv"] * state[at + "n1"])[rotary_columns(s)].T
        out[at + "o"] = state[at + "o"].T
        out[at + "gu"] = (state[at + "gate_up"] * state[at + "n2"]).T
        out[at + "down"] = state[at + "down"].T
    return {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in out.items()}
