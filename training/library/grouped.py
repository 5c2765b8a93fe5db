"""Weights in groups along the inner dimension, as people's files have them: w = scale * code + offset, with a scale and an offset for every 16 or 32
weights of a column and codes of 4 or 8 bits. What a file says is kept exactly; nothing is rounded again.

The layout of a packed matrix [inner, columns], an array of uint32 in one dimension (a word's lowest bits come first):

    words 0 to 7       header: MARK; bits of a code, 4 or 8; weights of a group, 16 or 32; form of the scales; factor (bits of a float32);
                       first column (of a part, see `parts`; else 0); inner; columns
    then the codes     [inner / per, columns / 4, 4] words, per = 32 / bits: word (i, j, c) has the codes of rows per * i to per * i + per - 1 of
                       column 4 * j + c. Of 8 bits, byte p (0 the lowest) is row 4 * i + p; of 4 bits, the low half of byte p is row 8 * i + p
                       and the high half row 8 * i + 4 + p, so that a kernel takes four rows out of a word in the same way
    then the scales    form HALVES: [inner / group, columns / 4, 4] words: scale (low) and offset (high), both float16
                       form SCALES: [inner / group, columns / 4, 4] float32 scales; an offset is scale * factor
                       form FLOATS: [inner / group, columns / 4, 2, 4] float32: four scales, then the offsets of the same four columns

`factor` is the float32 -zero in the form SCALES, else 1. Which form a matrix has follows from its values alone (`form_of`). All sides are multiples of
16, the inner one of 64.

By type, (bits, group, zero or None where offsets are free): Q4_0 (4, 32, 8), Q4_1 (4, 32, None), Q5_0 (8, 32, 16), Q5_1 (8, 32, None), Q8_0 (8, 32, 128:
a code is the signed byte + 128), Q4_K (4, 32, None: scale d * sc, offset -(dmin * m)), Q5_K (8, 32, None, alike), Q6_K (8, 16, 32: scale d * sc),
MLC's q4f16_1 and q4f32_1 (4, 32, 7). All products are float32.
"""
from dataclasses import dataclass, replace

import numpy as np

MARK = 0x31475446  # "FTG1"
HEADER = 8
HALVES, SCALES, FLOATS = 0, 1, 2
# The least that WebGPU lets every adapter bind to a kernel.
LARGEST_BINDING = 128 << 20
# Bits of a weight in the form that takes most: 8, and two float32 for each 16 weights.
MOST_BITS = 12
# Columns of a part are a multiple of this.
PART_COLUMNS = 16


@dataclass(frozen=True)
class Grouped:
    """A matrix [inner, columns]: codes uint8 [inner, columns], scales and offsets float32 [inner / group, columns]. `zero`: the code that stands for no
    weight in all groups, where the type has one; then an offset is -zero * scale."""

    bits: int
    group: int
    codes: np.ndarray
    scales: np.ndarray
    offsets: np.ndarray
    zero: int | None = None

    @staticmethod
    def symmetric(bits: int, group: int, codes: np.ndarray, scales: np.ndarray, zero: int) -> "Grouped":
        return Grouped(bits, group, codes, scales, scales * np.float32(-zero), zero)

    def weights(self) -> np.ndarray:
        """-> float32 [inner, columns]."""
        scales, offsets = (np.repeat(each, self.group, axis=0) for each in (self.scales, self.offsets))
        return scales * self.codes.astype(np.float32) + offsets

    def columns(self, order) -> "Grouped":
        """The same with its columns in the order of an index or a slice."""
        return replace(self, codes=self.codes[:, order], scales=self.scales[:, order], offsets=self.offsets[:, order])


def fuse(parts: list[Grouped]) -> Grouped:
    """Matrices of one inner side, side by side, in the narrowest form that holds each of them exactly: the most bits, the smallest group; one zero for
    all (the largest; codes of the others move up with it, into 8 bits where 4 are too few), or none where a part has none."""
    bits, group = max(part.bits for part in parts), min(part.group for part in parts)
    zeros = [part.zero for part in parts]
    zero = None if None in zeros else max(zeros)
    codes = [part.codes for part in parts]
    if zero is not None:
        codes = [part.codes.astype(np.uint16) + (zero - part.zero) for part in parts]
        most = max(int(each.max(initial=0)) for each in codes)
        bits = 8 if most > 15 else bits
        if most > 255:
            zero, codes = None, [part.codes for part in parts]
    repeated = [[np.repeat(each, part.group // group, axis=0) for each in (part.scales, part.offsets)] for part in parts]
    scales, offsets = (np.concatenate(each, axis=1) for each in zip(*repeated, strict=True))
    joined = np.concatenate(codes, axis=1).astype(np.uint8)
    return Grouped(bits, group, joined, scales, offsets, zero) if zero is None else Grouped.symmetric(bits, group, joined, scales, zero)


def are_halves(values: np.ndarray) -> bool:
    """Whether each of float32 `values` is exactly a float16 that is zero or normal: what is subnormal an adapter may take for zero."""
    sizes = np.abs(values)
    normal = (sizes == 0) | ((sizes >= 2.0**-14) & (sizes <= 65504))
    return bool(normal.all() and np.array_equal(values.astype(np.float16).astype(np.float32), values))


def places(bits: int) -> np.ndarray:
    """-> uint32 [32 / bits]: the lowest bit, in its word, of each row's code."""
    bytes_ = np.arange(0, 32, 8, dtype=np.uint32)
    return bytes_ if bits == 8 else np.concatenate([bytes_, bytes_ + np.uint32(4)])


def form_of(matrix: Grouped) -> int:
    """SCALES where there is a zero, HALVES where all scales and offsets are halves, else FLOATS."""
    if matrix.zero is not None:
        return SCALES
    return HALVES if are_halves(matrix.scales) and are_halves(matrix.offsets) else FLOATS


def parts(inner: int, columns: int) -> int:
    """In how many arrays of as many columns each a matrix is kept, so that each can be bound whatever its form: one is named as the matrix, several
    NAME.0, NAME.1 and on."""
    fitting = (n for n in range(1, columns // PART_COLUMNS + 1) if columns % (n * PART_COLUMNS) == 0)
    return next(n for n in fitting if inner * (columns // n) * MOST_BITS // 8 + 4 * HEADER <= LARGEST_BINDING)


def pack(matrix: Grouped, first: int = 0) -> np.ndarray:
    """-> uint32 words as laid out above; `first`: the column of a whole matrix with which this part of it starts.

    Raises ValueError where sides are not multiples of what the layout asks for, or a scale or offset is not finite."""
    inner, columns = matrix.codes.shape
    if inner % 64 or columns % 16:
        raise ValueError(f"A matrix of {inner} by {columns} cannot be packed: the inner side must be a multiple of 64 and the other of 16.")
    if not (np.isfinite(matrix.scales).all() and np.isfinite(matrix.offsets).all()):
        raise ValueError("A matrix cannot be packed: it has a scale or an offset that is not a finite number.")
    form, per = form_of(matrix), 32 // matrix.bits
    shifted = matrix.codes.reshape(inner // per, per, columns).astype(np.uint32) << places(matrix.bits)[:, None]
    scales, offsets = matrix.scales.astype(np.float32), matrix.offsets.astype(np.float32)
    if form == HALVES:
        low, high = (each.astype(np.float16).view(np.uint16).astype(np.uint32) for each in (scales, offsets))
        scaling = low | high << 16
    elif form == SCALES:
        scaling = scales
    else:
        scaling = np.stack([each.reshape(-1, columns // 4, 4) for each in (scales, offsets)], axis=2)
    factor = np.float32(-matrix.zero if form == SCALES else 1).view(np.uint32)
    header = np.array([MARK, matrix.bits, matrix.group, form, factor, first, inner, columns], dtype=np.uint32)
    return np.concatenate([header, np.bitwise_or.reduce(shifted, axis=1).reshape(-1), np.ascontiguousarray(scaling).view(np.uint32).reshape(-1)])


def unpack(words: np.ndarray) -> Grouped:
    """The inverse of `pack`, except for `first`."""
    mark, bits, group, form, factor, _first, inner, columns = (int(word) for word in words[:HEADER])
    if mark != MARK:
        raise ValueError("These are no packed groups: the first word is not the mark.")
    per = 32 // bits
    end = HEADER + inner // per * columns
    packed = words[HEADER:end].reshape(inner // per, 1, columns)
    codes = (packed >> places(bits)[:, None] & np.uint32(2**bits - 1)).reshape(inner, columns).astype(np.uint8)
    scaling = np.ascontiguousarray(words[end:])
    if form == HALVES:
        halves = scaling.view(np.float16).reshape(inner // group, columns, 2).astype(np.float32)
        return Grouped(bits, group, codes, halves[..., 0], halves[..., 1])
    if form == SCALES:
        zero = -int(np.uint32(factor).view(np.float32))
        return Grouped.symmetric(bits, group, codes, scaling.view(np.float32).reshape(inner // group, columns), zero)
    floats = scaling.view(np.float32).reshape(inner // group, columns // 4, 2, 4)
    return Grouped(bits, group, codes, *(floats[:, :, i].reshape(inner // group, columns) for i in (0, 1)))
