"""Weights in groups as mlc-llm quantises and TVM stores them (quantization/group_quantization.py, layout NK), in numpy."""
import numpy as np

# Weights of a group, codes of a word, and the code of 0.
GROUP, CODES, ZERO = 32, 8, 7
PLACES = np.arange(0, 32, 4, dtype=np.uint32)


def quantise(weights: np.ndarray, dtype=np.float32) -> tuple[np.ndarray, np.ndarray]:
    """-> q_weight uint32 [rows, inner / 8], q_scale [rows, inner / 32] of `dtype`, which all of it is computed in."""
    rows, inner = weights.shape
    groups = weights.astype(dtype).reshape(rows, inner // GROUP, GROUP)
    scale = np.abs(groups).max(axis=2) / dtype(ZERO)
    whole = np.where(scale == 0, dtype(1), scale)
    codes = np.clip(np.round(groups / whole[..., None] + dtype(ZERO)), 0, 2 * ZERO).astype(np.uint32).reshape(rows, inner // CODES, CODES)
    return np.bitwise_or.reduce(codes << PLACES, axis=2), scale


def bf16(values: np.ndarray) -> np.ndarray:
    """As TVM stores float32: to the nearest upper half, ties to the even one. Other types stay as they are."""
    if values.dtype != np.float32:
        return values
    bits = values.view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000).view(np.float32)


def dequantise(words: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """-> float32 [rows, inner] of what is stored."""
    codes = (words[..., None] >> PLACES & 15).reshape(words.shape[0], -1).astype(np.float32)
    return (codes - ZERO) * np.repeat(bf16(scale).astype(np.float32), GROUP, axis=1)
