"""Packing: how a checkpoint's matrices become the words that the kernels read."""
import pathlib

import numpy as np
import pytest

from library import layout
from pair import MODELS, Shape

SMALL = Shape(hidden=8, feed_forward=8, layers=2, heads=2, kv_heads=1, head_dim=4, vocabulary=16)
SHIPPED = pathlib.Path(__file__).parents[2] / "public/models"


def a_matrix(rows: int, columns: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)


def read_by_hand(words: np.ndarray, row: int, column: int) -> float:
    """One weight as a kernel reads it, in Python's own integers: shifted up in 32 bits, taken as signed, times the column's scale."""
    word = int(words[row // 4, column // 4, column % 4])
    shifted = word << (24 - 8 * (row % 4)) & 0xFFFFFFFF
    signed = shifted - (1 << 32) if shifted >= 1 << 31 else shifted
    scale = np.uint32(words[-1, column // 4, column % 4]).view(np.float32)
    return float(np.float32(signed) * scale)


@pytest.mark.parametrize(("rows", "columns"), [(4, 4), (12, 20), (256, 8)])
def test_what_is_read_is_what_was_packed_to_half_a_step(rows, columns):
    matrix = a_matrix(rows, columns)
    words = layout.pack(matrix)
    assert words.shape == (rows // 4 + 1, columns // 4, 4)
    assert words.dtype == np.uint32
    read = np.array([[read_by_hand(words, row, column) for column in range(columns)] for row in range(rows)], dtype=np.float32)
    assert np.array_equal(read, layout.unpack(words))
    largest = np.abs(matrix).max(axis=0)
    step = largest / layout.LARGEST_IN_STEPS[0]
    inside = np.abs(matrix) < largest * 0.9
    assert inside.any()
    assert np.all((np.abs(read - matrix) <= step * 0.51)[inside])


def test_columns_that_share_a_word_keep_their_own_steps():
    matrix = a_matrix(8, 4) * np.array([1e-6, 1, 1e3, 1e6], dtype=np.float32)
    error = np.abs(layout.unpack(layout.pack(matrix)) - matrix).max(axis=0)
    assert np.all(error <= np.abs(matrix).max(axis=0) / 100)


def test_a_column_of_zeros_stays_zero():
    matrix = a_matrix(8, 4)
    matrix[:, 2] = 0
    assert np.all(layout.unpack(layout.pack(matrix))[:, 2] == 0)


def test_the_step_of_least_error_is_taken():
    """Of all steps that `pack` may choose, none fits a column better than the one it chose."""
    matrix = a_matrix(64, 4)
    chosen = ((layout.unpack(layout.pack(matrix)) - matrix) ** 2).sum(axis=0)
    for count in layout.LARGEST_IN_STEPS:
        words = layout.pack_in_steps(matrix, (np.abs(matrix).max(axis=0) / count).astype(np.float32))
        assert np.all(chosen <= ((layout.unpack(words) - matrix) ** 2).sum(axis=0))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_matrix_with_a_weight_that_is_not_a_number_is_refused():
    matrix = a_matrix(8, 4)
    matrix[3, 1] = np.nan
    with pytest.raises(ValueError, match="cannot be packed"):
        layout.pack(matrix)


def test_rotated_halves_lie_side_by_side_and_values_as_they_are():
    assert layout.rotary_columns(SMALL).tolist() == [0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 13, 14, 15]


def test_gate_and_up_take_turns_in_fours():
    assert layout.gate_up_columns(SMALL).tolist() == [0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15]


def a_state(s: Shape) -> dict[str, np.ndarray]:
    heads = (s.heads + 2 * s.kv_heads) * s.head_dim
    sides = {"qkv": (heads, s.hidden), "o": (s.hidden, s.heads * s.head_dim), "gate_up": (2 * s.feed_forward, s.hidden), "down": (s.hidden, s.feed_forward)}
    state = {"emb": a_matrix(s.vocabulary, s.hidden), "head": a_matrix(s.vocabulary, s.hidden, 2), "norm": a_matrix(1, s.hidden, 3)[0]}
    for layer in range(s.layers):
        state |= {f"layers.{layer}.{name}": a_matrix(*side, seed=layer) for name, side in sides.items()}
        state |= {f"layers.{layer}.n{i}": a_matrix(1, s.hidden, seed=9 + i)[0] for i in (1, 2)}
    return state


def test_each_norm_is_folded_into_the_matrix_behind_it_and_nothing_else_changes():
    state = a_state(SMALL)
    back = layout.parameters(layout.matrices(state, SMALL), SMALL)
    assert back.keys() == state.keys()
    x = a_matrix(1, SMALL.hidden, 5)[0]
    for matrix, norm in [("head", "norm"), ("layers.1.qkv", "layers.1.n1"), ("layers.1.gate_up", "layers.1.n2")]:
        assert np.allclose(state[matrix] @ (state[norm] * x), back[matrix] @ (back[norm] * x), atol=1e-5)
    for name in ("emb", "layers.0.o", "layers.1.down"):
        assert np.array_equal(back[name], state[name])


def test_a_checkpoint_comes_back_rounded():
    state = a_state(SMALL)
    back = layout.restore(layout.lay_out(state, SMALL), SMALL)
    assert np.abs(back["layers.0.down"] - state["layers.0.down"]).max() <= np.abs(state["layers.0.down"]).max() / 200


@pytest.mark.parametrize("name", MODELS)
def test_the_shipped_models_are_packed_like_this(name):
    shape = MODELS[name]
    shipped = layout.read(SHIPPED / name / "resolve/main")
    expected = {key: array.shape for key, array in layout.lay_out(a_state(shape), shape).items()}
    assert {key: array.shape for key, array in shipped.items()} == expected
    for words in shipped.values():
        weights = layout.unpack(words)
        assert np.isfinite(weights).all()
        assert weights.std() > 0
