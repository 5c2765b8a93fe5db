"""The embedded pair: the shapes of its models and the text format they share. Every other part of training/ reads them here."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A Llama-style decoder: RMSNorm, rotary embedding, grouped-query attention, SwiGLU, no biases, untied head."""

    hidden: int
    feed_forward: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int = 2048
    context: int = 1024
    rope_theta: float = 10000.0
    norm_epsilon: float = 1e-5
    # Rows that a thread of a several-row forward computes: as many as the last, or the first where they are enough. What the model mostly sees at once.
    tiles: tuple[int, ...] = (5, 9)


# The weak draft has the good draft's shape, so that both run on one model library; what it lacks is training.
TARGET = Shape(hidden=256, feed_forward=768, layers=6, heads=4, kv_heads=2, head_dim=64)
DRAFT = Shape(hidden=128, feed_forward=256, layers=2, heads=2, kv_heads=1, head_dim=64, tiles=(2,))
MODELS = {"target": TARGET, "draft": DRAFT, "weak-draft": DRAFT}

# Training steps of the shipped weights, in the order in which they run; a rebuild repeats them. The draft learns the wide corpus first
# (draft-start), which is cheap, and is then distilled from the target as it is by then (draft-wide). Last, the target
# practises, then copies more, and the draft is distilled from it again.
STEPS = {"target-start": 4800, "draft-start": 6000, "draft-wide": 2500, "weak-draft": 200, "target-practice": 2506, "target": 1764, "draft": 1575}

# Single tokens, with these ids: a conversation is <|user|>question<|end|><|assistant|>answer<|end|>, with no other separators.
SPECIAL_TOKENS = ("<|user|>", "<|assistant|>", "<|end|>")
END = 2
