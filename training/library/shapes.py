"""Published models, by what a library has to know of each. A file's weights fit a library if the file has its numbers."""
from dataclasses import dataclass, replace

from .grouped import LARGEST_BINDING


@dataclass(frozen=True)
class RopeScaling:
    """Of Llama 3: angles of wavelengths beyond original / low are divided by factor, those below original / high are kept, between them is a slope."""

    factor: int
    low: int = 1
    high: int = 4
    original: int = 8192


@dataclass(frozen=True)
class Decoder:
    """A decoder of the families Llama, Qwen2 and Qwen3: RMSNorm, rotary embedding, grouped-query attention, SwiGLU. `tied`: the head is the embedding;
    `biases`: q, k and v have them; `head_norms`: q and k are normalised, head by head. `context`: most positions that its cache holds.
    A target may keep its states for a draft that reads them, and a draft knows `reduced` - 1 ids if that is not 0 (drafts.py)."""

    hidden: int
    feed_forward: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    rope_theta: int
    tied: bool = True
    biases: bool = False
    head_norms: bool = False
    rope_scaling: RopeScaling | None = None
    norm_epsilon: float = 1e-5
    context: int = 4096
    # As of pair.Shape.
    tiles: tuple[int, ...] = (5, 9)
    keeps_states: bool = False
    reads_states: bool = False
    reduced: int = 0

    @property
    def qkv(self) -> int:
        return (self.heads + 2 * self.kv_heads) * self.head_dim

    @property
    def key(self) -> str:
        """Names what a library is compiled for, without its context, as the page's shapeKey does."""
        family = "qwen2" if self.biases else "qwen3" if self.head_norms else "llama"
        sides = f"h{self.hidden}-f{self.feed_forward}-l{self.layers}-q{self.heads}-k{self.kv_heads}-d{self.head_dim}-v{self.vocabulary}"
        scaling = f"-s{self.rope_scaling.factor}" if self.rope_scaling else ""
        epsilon = f"{self.norm_epsilon:.12f}".rstrip("0")
        return f"{family}-{sides}-t{self.rope_theta}{scaling}-e{epsilon}{'-tied' if self.tied else ''}{self.role}"

    @property
    def role(self) -> str:
        """What its key ends in where it has a part in drafting, which no file of a model asks for."""
        known = f"-r{self.reduced}" if self.reduced else ""
        return known + ("-keeps" if self.keeps_states else "") + ("-reads" if self.reads_states else "")

    def matrices(self) -> dict[str, tuple[int, int]]:
        """-> name -> (inner, columns) of one layer's matrices, the embedding and, where it is another, the head."""
        layer = {"qkv": (self.hidden, self.qkv), "o": (self.heads * self.head_dim, self.hidden), "gu": (self.hidden, 2 * self.feed_forward), "down": (self.feed_forward, self.hidden)}
        head = {} if self.tied else {"head": (self.hidden, self.vocabulary)}
        return layer | {"emb": (self.hidden, self.reduced or self.vocabulary)} | head

    def check(self) -> None:
        """Raises ValueError for sides that the kernels would not cover whole, or a cache that some adapter could not bind."""
        odd = [f"{name} {inner} by {columns}" for name, (inner, columns) in self.matrices().items() if inner % 64 or columns % 16]
        if odd:
            raise ValueError(f"The inner side of a matrix must be a multiple of 64, the other of 16: {', '.join(odd)}")
        if self.heads % self.kv_heads or self.head_dim % 32 or self.context % self.head_dim:
            raise ValueError(f"{self.heads} heads of {self.head_dim} with {self.kv_heads} kv heads and {self.context} positions: the heads must be a multiple of the kv heads, a head of 32, the positions of a head.")
        if (self.reads_states and not self.reduced) or (self.reduced and (not self.tied or self.vocabulary % 256)):
            raise ValueError("A draft that reads states has a reduced vocabulary, and one with a reduced vocabulary has it tied, of a whole that is a multiple of 256.")
        cache = 2 * self.kv_heads * self.context * self.head_dim * 4
        if cache > LARGEST_BINDING:
            raise ValueError(f"A layer's cache has {cache} bytes, and not every adapter binds more than {LARGEST_BINDING}. Choose a shorter context.")


def llama3(hidden: int, feed_forward: int, layers: int, heads: int, head_dim: int, factor: int, tied: bool = True) -> Decoder:
    return Decoder(hidden, feed_forward, layers, heads, 8, head_dim, 128256, 500000, tied=tied, rope_scaling=RopeScaling(factor))


def qwen2(hidden: int, feed_forward: int, layers: int, heads: int, kv_heads: int, vocabulary: int = 151936, tied: bool = True) -> Decoder:
    return Decoder(hidden, feed_forward, layers, heads, kv_heads, hidden // heads, vocabulary, 1000000, tied=tied, biases=True, norm_epsilon=1e-6)


def qwen3(hidden: int, feed_forward: int, layers: int, heads: int, tied: bool = True) -> Decoder:
    return Decoder(hidden, feed_forward, layers, heads, 8, 128, 151936, 1000000, tied=tied, head_norms=True, norm_epsilon=1e-6)


SHAPES = {
    "smollm2-135m": Decoder(576, 1536, 30, 9, 3, 64, 49152, 100000, context=2048),
    "smollm2-360m": Decoder(960, 2560, 32, 15, 5, 64, 49152, 100000),
    "smollm2-1.7b": Decoder(2048, 8192, 24, 32, 32, 64, 49152, 130000),
    "llama-3.2-1b": llama3(2048, 8192, 16, 32, 64, 32),
    "llama-3.2-3b": llama3(3072, 8192, 28, 24, 128, 32),
    "llama-3.1-8b": llama3(4096, 14336, 32, 32, 128, 8, tied=False),
    "qwen2.5-0.5b": qwen2(896, 4864, 24, 14, 2),
    "qwen2.5-1.5b": qwen2(1536, 8960, 28, 12, 2),
    "qwen2.5-3b": qwen2(2048, 11008, 36, 16, 2),
    "qwen2.5-7b": qwen2(3584, 18944, 28, 28, 4, vocabulary=152064, tied=False),
    "qwen3-0.6b": qwen3(1024, 3072, 28, 16),
    "qwen3-1.7b": qwen3(2048, 6144, 28, 16),
    "qwen3-4b": qwen3(2560, 9728, 36, 32),
    "qwen3-8b": qwen3(4096, 12288, 36, 32, tied=False),
}

# What drafts for one of them, and the target that keeps its states for it.
DRAFTING = {
    "smollm2-135m-keeps": replace(SHAPES["smollm2-135m"], keeps_states=True),
    "smollm2-135m-draft": replace(SHAPES["smollm2-135m"], layers=1, reduced=6144, reads_states=True),
}
EVERY = SHAPES | DRAFTING


def title(name: str) -> str:
    """What people call the model of a shape."""
    if name in DRAFTING:
        base, role = name.rsplit("-", 1)
        return f"{title(base)}, {role}"
    *family, size = name.split("-")
    return " ".join([*family, size.upper()]).replace("smollm", "SmolLM").replace("llama", "Llama").replace("qwen", "Qwen")
