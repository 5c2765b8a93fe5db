"""The grids of products with grouped weights: each column of a matrix is computed, and none beyond."""
import pytest

from library import grouped
from library.grids import QUADS, grid_for
from library.shapes import SHAPES

PARTS = {columns // grouped.parts(inner, columns) for shape in SHAPES.values() for inner, columns in shape.matrices().values()}


@pytest.mark.parametrize("columns", sorted(PARTS | {16, 48, 176, 1008, 49168}))
def test_every_column_has_a_thread_and_no_thread_goes_beyond(columns):
    threads, groups = grid_for(columns)
    # As the kernels choose the first block of a thread.
    first = [min((group * threads + lane) * QUADS, columns // 4 - QUADS) for group in range(groups) for lane in range(threads)]
    assert {quad + q for quad in first for q in range(QUADS)} == set(range(columns // 4))
    # No workgroup is there for columns that another has already.
    assert (groups - 1) * threads * QUADS < columns // 4
