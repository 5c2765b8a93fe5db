"""Grouped weights: what is packed is what is read back, to the bit, in every form."""
import numpy as np
import pytest

from library import grouped
from library.grouped import FLOATS, HALVES, SCALES, Grouped

SIZES = [(64, 16), (128, 48), (576, 32)]


def halves(random, *shape) -> np.ndarray:
    return random.uniform(0.1, 2, size=shape).astype(np.float16).astype(np.float32) * random.choice([-1, 0, 1], size=shape).astype(np.float32)


def floats(random, *shape) -> np.ndarray:
    return random.normal(size=shape).astype(np.float32)


def a_matrix(bits: int, group: int, form: int, inner: int, columns: int, zero: int = 8, seed: int = 1) -> Grouped:
    random = np.random.default_rng(seed)
    codes = random.integers(0, 2**bits, size=(inner, columns), dtype=np.uint8)
    some = floats if form == FLOATS else halves
    scales, offsets = (some(random, inner // group, columns) for _ in range(2))
    return Grouped.symmetric(bits, group, codes, scales, zero) if form == SCALES else Grouped(bits, group, codes, scales, offsets)


def read_by_hand(words: np.ndarray, row: int, column: int) -> float:
    """One weight as the layout's text says, in Python's own integers."""
    _mark, bits, group, form, factor, _first, inner, columns = (int(word) for word in words[:8])
    per = 32 // bits
    code = int(words[8 + row // per * columns + column]) >> (8 * (row % 4) + 4 * (row % per // 4)) & (1 << bits) - 1
    scales = 8 + inner // per * columns
    if form == HALVES:
        word = int(words[scales + row // group * columns + column])
        scale, offset = (np.float32(np.uint16(half).view(np.float16)) for half in (word & 0xFFFF, word >> 16))
    elif form == SCALES:
        scale = words[scales + row // group * columns + column].view(np.float32)
        offset = scale * np.uint32(factor).view(np.float32)
    else:
        at = scales + (row // group * (columns // 4) + column // 4) * 8 + column % 4
        scale, offset = words[at].view(np.float32), words[at + 4].view(np.float32)
    return np.float32(scale * np.float32(code) + offset)


@pytest.mark.parametrize("form", [HALVES, SCALES, FLOATS])
@pytest.mark.parametrize("group", [16, 32])
@pytest.mark.parametrize("bits", [4, 8])
def test_every_weight_is_where_the_layout_says(bits, group, form):
    for inner, columns in SIZES:
        matrix = a_matrix(bits, group, form, inner, columns)
        words = grouped.pack(matrix)
        assert words.dtype == np.uint32
        assert words[3] == form
        assert len(words) == 8 + inner * columns * bits // 32 + inner // group * columns * (2 if form == FLOATS else 1)
        rows, places = range(0, inner, 7), range(columns)
        read = np.array([[read_by_hand(words, row, column) for column in places] for row in rows], dtype=np.float32)
        assert np.array_equal(read, matrix.weights()[::7])


@pytest.mark.parametrize("form", [HALVES, SCALES, FLOATS])
def test_what_is_packed_comes_back(form):
    matrix = a_matrix(8, 16, form, 128, 48, zero=32)
    back = grouped.unpack(grouped.pack(matrix))
    assert (back.bits, back.group, back.zero) == (matrix.bits, matrix.group, matrix.zero)
    for name in ("codes", "scales", "offsets"):
        assert np.array_equal(getattr(back, name), getattr(matrix, name))


def test_one_offset_that_is_no_half_makes_all_of_them_floats():
    matrix = a_matrix(4, 32, HALVES, 64, 16)
    matrix.offsets[1, 3] = np.float32(0.1)
    assert grouped.form_of(matrix) == FLOATS
    assert np.array_equal(grouped.unpack(grouped.pack(matrix)).weights(), matrix.weights())


@pytest.mark.parametrize(("value", "form"), [(2.0**-14, HALVES), (0, HALVES), (-65504, HALVES), (2.0**-15, FLOATS), (65520, FLOATS)])
def test_a_half_is_one_only_where_every_adapter_reads_it_alike(value, form):
    matrix = a_matrix(4, 32, HALVES, 64, 16)
    matrix.scales[0, 0] = np.float32(value)
    assert grouped.form_of(matrix) == form
    assert np.array_equal(grouped.unpack(grouped.pack(matrix)).scales, matrix.scales)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        # Q4_1 beside Q8_0: the offsets of both are halves.
        ([(4, 32, HALVES, 0), (8, 32, SCALES, 128)], (8, 32, None)),
        # Q4_K beside Q6_K.
        ([(4, 32, FLOATS, 0), (8, 16, SCALES, 32)], (8, 16, None)),
        # Q5_0 beside Q8_0: codes of the first move up by 112.
        ([(8, 32, SCALES, 128), (5, 32, SCALES, 16)], (8, 32, 128)),
        # Q4_0 beside MLC's: 15 moves up to 16.
        ([(4, 32, SCALES, 8), (4, 32, SCALES, 7)], (8, 32, 8)),
        # Two of one type stay as they are.
        ([(4, 32, SCALES, 8), (4, 32, SCALES, 8)], (4, 32, 8)),
        # No common zero fits into 8 bits.
        ([(8, 32, SCALES, 0), (8, 32, SCALES, 128)], (8, 32, None)),
    ],
)
def test_what_is_fused_takes_the_form_that_holds_each_part(parts, expected):
    matrices = []
    for i, (bits, group, form, zero) in enumerate(parts):
        matrix = a_matrix(min(bits, 4) if bits < 8 else 8, group, form, 64, 16, zero, seed=i)
        matrix.codes[0, 0] = 2 ** min(bits, 8) - 1
        matrices.append(Grouped.symmetric(8 if bits > 4 else 4, group, matrix.codes, matrix.scales, zero) if form == SCALES else matrix)
    fused = grouped.fuse(matrices)
    assert (fused.bits, fused.group, fused.zero) == expected
    assert np.allclose(fused.weights(), np.concatenate([each.weights() for each in matrices], axis=1), rtol=1e-6, atol=1e-6)
    assert np.array_equal(grouped.unpack(grouped.pack(fused)).weights(), fused.weights())


def test_a_part_says_with_which_column_it_starts():
    matrix = a_matrix(4, 32, HALVES, 64, 48)
    words = grouped.pack(matrix.columns(slice(16, 48)), 16)
    assert words[5] == 16
    assert words[7] == 32
    assert np.array_equal(grouped.unpack(words).weights(), matrix.weights()[:, 16:])


@pytest.mark.parametrize(
    ("inner", "columns", "count"), [(576, 49152, 1), (2048, 49152, 2), (2048, 128256, 3), (4096, 128256, 6), (3584, 151936, 8), (4096, 151936, 8), (3584, 37888, 2)]
)
def test_a_matrix_is_kept_in_as_few_parts_as_every_adapter_can_bind(inner, columns, count):
    assert grouped.parts(inner, columns) == count
    assert columns % (16 * count) == 0
    assert inner * columns // count * 12 // 8 + 32 <= 128 * 1024**2


def test_sides_that_the_kernels_do_not_cover_are_refused():
    with pytest.raises(ValueError, match="48 by 16"):
        grouped.pack(a_matrix(4, 16, HALVES, 48, 16))
    with pytest.raises(ValueError, match="64 by 8"):
        grouped.pack(a_matrix(4, 16, HALVES, 64, 8))


def test_a_scale_that_is_not_a_number_is_refused():
    matrix = a_matrix(4, 32, HALVES, 64, 16)
    matrix.scales[0, 0] = np.nan
    with pytest.raises(ValueError, match="not a finite number"):
        grouped.pack(matrix)
