"""The shipped form of SmolLM2's draft: what is read of it is what was trained, for the ids that it knows and the target that it was trained for."""
import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("tvm")

import smollm2_draft as drafts  # noqa: E402
import smollm2_export as export  # noqa: E402
from library import grouped  # noqa: E402
from library.grouped import Grouped  # noqa: E402
from network import Network  # noqa: E402
from pair import Shape  # noqa: E402
from smollm2_evaluate import rounded  # noqa: E402


def a_matrix(columns: int, inner: int) -> torch.Tensor:
    return torch.randn(columns, inner, generator=torch.Generator().manual_seed(4)) * inner**-0.5


def test_a_matrix_in_groups_is_off_by_half_a_step_at_most_where_it_is_not_cut():
    matrix = a_matrix(48, 64)
    made = grouped.unpack(grouped.pack(export.as_grouped(matrix)))
    off = np.abs(made.weights().T - matrix.numpy())
    steps = np.repeat(made.scales.T, 32, axis=1)
    inside = (made.codes.T > 0) & (made.codes.T < 15)
    assert (off <= steps * 0.51)[inside].all()
    assert np.sqrt((off**2).mean()) < 0.1 * float(matrix.std())


def test_the_reduced_embedding_is_the_targets_columns_and_one_of_zeros():
    random = np.random.default_rng(1)
    codes = random.integers(0, 16, (64, 96), dtype=np.uint8)
    scales, offsets = (random.uniform(0.1, 1, (2, 96)).astype(np.float16).astype(np.float32) for _ in range(2))
    whole = Grouped(4, 32, codes, scales, -offsets)
    kept = np.array([0, 2, *range(20, 33)])
    made = grouped.unpack(grouped.pack(export.reduced(grouped.pack(whole), kept)))
    assert np.array_equal(made.weights()[:, :-1], whole.weights()[:, kept])
    assert not made.weights()[:, -1].any()


def test_every_id_has_its_column_or_the_last():
    columns = export.columns_of(np.array([0, 2, *range(50, 63)]), 100)
    assert columns[[0, 2, 50, 62]].tolist() == [0, 1, 2, 14]
    assert (np.delete(columns, [0, 2, *range(50, 63)]) == 15).all()


def test_a_reduced_vocabulary_without_a_stop_token_is_refused_by_name():
    with pytest.raises(ValueError, match="misses the stop token 2"):
        export.columns_of(np.arange(0, 30, 2)[[0, *range(2, 15)]], 100)
    with pytest.raises(ValueError, match="no multiple of 16"):
        export.columns_of(np.arange(20), 100)


@torch.no_grad()
def test_a_shipped_draft_is_read_back_as_it_was_rounded(tmp_path):
    torch.manual_seed(6)
    target = Network(Shape(hidden=64, feed_forward=128, layers=2, heads=4, kv_heads=2, head_dim=16, vocabulary=96, context=40)).requires_grad_(False)
    kind = drafts.Kind((1,), True)
    draft = drafts.Draft(target, kind, torch.tensor([0, 2, *range(20, 33)]))
    for parameter in draft.parameters():
        torch.nn.init.normal_(parameter)
    embedding = grouped.pack(export.as_grouped(target.emb))
    export.write(tmp_path, export.arrays(draft, embedding), embedding, {})
    again = drafts.shipped(tmp_path, target, kind)
    wanted = rounded(draft).state_dict()
    assert again.state_dict().keys() == wanted.keys()
    assert all(torch.allclose(value, wanted[name], atol=1e-6) for name, value in again.state_dict().items())
