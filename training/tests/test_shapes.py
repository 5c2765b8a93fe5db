"""The table of published shapes: what the kernels can cover, and what every adapter can bind."""
from dataclasses import replace

import pytest

from library import grouped
from library.shapes import DRAFTING, SHAPES, Decoder, title

# Parameters in millions, as each model's publisher counts them.
PUBLISHED = {
    "smollm2-135m": 134.5,
    "smollm2-360m": 361.8,
    "smollm2-1.7b": 1711.4,
    "llama-3.2-1b": 1235.8,
    "llama-3.2-3b": 3212.7,
    "llama-3.1-8b": 8030.3,
    "qwen2.5-0.5b": 494.0,
    "qwen2.5-1.5b": 1543.7,
    "qwen2.5-3b": 3085.9,
    "qwen2.5-7b": 7615.6,
    "qwen3-0.6b": 596.0,
    "qwen3-1.7b": 1720.6,
    "qwen3-4b": 4022.5,
    "qwen3-8b": 8190.7,
}


def parameters(s: Decoder) -> int:
    sizes = {name: inner * columns for name, (inner, columns) in s.matrices().items()}
    layer = sum(sizes[name] for name in ("qkv", "o", "gu", "down")) + 2 * s.hidden
    layer += (s.qkv if s.biases else 0) + (2 * s.head_dim if s.head_norms else 0)
    return sizes["emb"] + sizes.get("head", 0) + s.layers * layer + s.hidden


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_has_as_many_parameters_as_its_publisher_counts(name):
    assert parameters(SHAPES[name]) / 1e6 == pytest.approx(PUBLISHED[name], abs=0.06)


@pytest.mark.parametrize("name", SHAPES)
def test_every_matrix_of_a_shape_and_its_cache_can_be_bound_by_every_adapter(name):
    shape = SHAPES[name]
    shape.check()
    for inner, columns in shape.matrices().values():
        count = grouped.parts(inner, columns)
        assert columns % (16 * count) == 0
        assert inner * columns // count * grouped.MOST_BITS // 8 + 4 * grouped.HEADER <= 128 * 1024**2
    assert 2 * shape.kv_heads * shape.context * shape.head_dim * 4 <= 128 * 1024**2


def test_shapes_have_keys_of_their_own():
    assert len({shape.key for shape in SHAPES.values()}) == len(SHAPES)
    assert SHAPES["smollm2-135m"].key == "llama-h576-f1536-l30-q9-k3-d64-v49152-t100000-e0.00001-tied"
    assert SHAPES["llama-3.1-8b"].key == "llama-h4096-f14336-l32-q32-k8-d128-v128256-t500000-s8-e0.00001"
    assert SHAPES["qwen3-0.6b"].key == "qwen3-h1024-f3072-l28-q16-k8-d128-v151936-t1000000-e0.000001-tied"


def test_a_part_in_drafting_shows_in_a_shapes_key():
    assert DRAFTING["smollm2-135m-keeps"].key == SHAPES["smollm2-135m"].key + "-keeps"
    assert DRAFTING["smollm2-135m-draft"].key == "llama-h576-f1536-l1-q9-k3-d64-v49152-t100000-e0.00001-tied-r6144-reads"
    assert title("smollm2-135m-draft") == "SmolLM2 135M, draft"
    for shape in DRAFTING.values():
        shape.check()


@pytest.mark.parametrize("changed", [{"reads_states": True}, {"reduced": 6144, "tied": False}, {"reduced": 6144, "vocabulary": 49168}])
def test_a_draft_without_what_its_reduced_vocabulary_needs_is_refused(changed):
    with pytest.raises(ValueError, match="reduced vocabulary"):
        replace(SHAPES["smollm2-135m"], **changed).check()


@pytest.mark.parametrize(
    ("changed", "message"),
    [({"hidden": 100}, "qkv 100 by"), ({"heads": 4, "kv_heads": 3}, "multiple of the kv heads"), ({"context": 1 << 20}, "shorter context")],
)
def test_a_shape_that_the_kernels_do_not_cover_is_refused(changed, message):
    sizes = {"hidden": 128, "feed_forward": 128, "layers": 1, "heads": 2, "kv_heads": 1, "head_dim": 64, "vocabulary": 64, "rope_theta": 10000}
    with pytest.raises(ValueError, match=message):
        Decoder(**(sizes | changed)).check()


@pytest.mark.parametrize(("name", "called"), [("smollm2-1.7b", "SmolLM2 1.7B"), ("llama-3.2-1b", "Llama 3.2 1B"), ("qwen2.5-0.5b", "Qwen2.5 0.5B")])
def test_a_shape_is_called_what_people_call_its_model(name, called):
    assert title(name) == called
