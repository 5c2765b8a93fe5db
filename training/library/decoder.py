"""Decoders of the families Llama, Qwen2 and Qwen3 (shapes.py) on grouped weights, with the functions that web-llm asks of a library. Parameters, in their
order: emb, for each layer I layers.I.{qkv, o, gu, down, n1, n2} and where the family has them qkv_bias, q_norm, k_norm, then norm and, where it is not
the embedding, head. A matrix that is kept in parts (grouped.parts) has a parameter a part, NAME.0 and on. `decode` computes one row a thread,
`batch_verify` and `prefill` several; all give the same bits."""
from tvm import relax, tirx
from tvm.relax.frontend import nn
from tvm.relax.frontend.nn import Tensor, op
from tvm.relax.frontend.nn.llm.kv_cache import PagedKVCache

from . import attention, grouped, grouped_products
from .rotation import rotate_append
from .shapes import Decoder
from .web_llm import ONE_ROW, Library, call, emit, rows_name

# The weights' form, in the words of web-llm's configuration files.
QUANTIZATION = "grouped"
# Most queries that a workgroup attends with, and components of a head for each of them.
MOST_QUERIES, DIM = 16, 64


def vector(size: int) -> nn.Parameter:
    return nn.Parameter((size,), "float32")


def matrix(name: str, inner: int, columns: int) -> nn.Parameter | nn.ParameterList:
    """[inner, columns] in grouped words, whose number is known when weights are loaded: it depends on bits, group and form of the scales."""
    parts = grouped.parts(inner, columns)
    arrays = [nn.Parameter((f"{name}_{i}".replace(".", "_"),), "uint32") for i in range(parts)]
    return arrays[0] if parts == 1 else nn.ParameterList(arrays)


def arrays_of(weights: nn.Parameter | nn.ParameterList) -> list[nn.Parameter]:
    return list(weights) if isinstance(weights, nn.ParameterList) else [weights]


def call_parts(kernel, name, arguments, at, weights, shape):
    """Calls a kernel for every part of `weights`, which goes into place `at` of the arguments; each writes its own columns of one result."""
    first, *others = arrays_of(weights)
    result = call(kernel, name, [*arguments[:at], first, *arguments[at:]], shape)
    for part in others:
        every = [*arguments[:at], part, *arguments[at:], result]
        result = op.tensor_ir_inplace_op(kernel, f"{name}_part", every, len(every) - 1, Tensor.placeholder(shape, "float32"))
    return result


def first_of(kv: PagedKVCache) -> Tensor:
    """A tensor as long as what the cache held before this forward, and one more."""
    builder = relax.BlockBuilder.current()
    start = builder.emit(relax.call_pure_packed("flatkv.start", kv._expr, ty_args=relax.TensorType(dtype="float32", ndim=1)))
    return Tensor(_expr=builder.match_cast(start, relax.TensorType((tirx.Var("start", "int64"),), "float32")))


class Layer(nn.Module):
    def __init__(self, s: Decoder, i: int):
        sides = s.matrices()
        self.qkv, self.o, self.gu, self.down = (matrix(f"layers.{i}.{name}", *sides[name]) for name in ("qkv", "o", "gu", "down"))
        self.n1, self.n2 = vector(s.hidden), vector(s.hidden)
        if s.biases:
            self.qkv_bias = vector(s.qkv)
        if s.head_norms:
            self.q_norm, self.k_norm = vector(s.head_dim), vector(s.head_dim)


class Grouped(Library):
    """`subgroups`: as llama.Llama has it."""

    def __init__(self, s: Decoder, subgroups: bool = False):
        s.check()
        self.shape = s
        self.subgroups = subgroups
        self.emb = matrix("emb", *s.matrices()["emb"])
        self.layers = nn.ModuleList([Layer(s, i) for i in range(s.layers)])
        self.norm = vector(s.hidden)
        if not s.tied:
            self.head = matrix("head", s.hidden, s.vocabulary)

    def embed(self, input_ids: Tensor):
        s = self.shape
        kernel = grouped_products.gather(s.vocabulary // len(arrays_of(self.emb)), s.hidden, s.vocabulary)
        return call_parts(kernel, "gather", [input_ids], 1, self.emb, (input_ids.shape[0], s.hidden))

    def prefill(self, input_embed: Tensor, kv: PagedKVCache):
        return self.logits(self.hidden(input_embed, kv, self.shape.tiles), 1, ONE_ROW), kv

    def decode(self, input_embed: Tensor, kv: PagedKVCache):
        return self.logits(self.hidden(input_embed, kv, ONE_ROW), 1, ONE_ROW), kv

    def batch_verify(self, input_embeds: Tensor, kv: PagedKVCache):
        tiles = self.shape.tiles
        return self.logits(self.hidden(input_embeds, kv, tiles), input_embeds.shape[1], tiles), kv

    def hidden(self, embeds: Tensor, kv: PagedKVCache, tiles: tuple[int, ...]):
        """[1, n, hidden] -> [n, hidden] before the last norm, appending n tokens to the cache."""
        s = self.shape
        rows, n = rows_name(tiles), embeds.shape[1]
        x = op.reshape(embeds, (n, s.hidden))
        rope = emit("flatkv.rope", [kv._expr], relax.TensorType((s.context, s.head_dim), "float32"))
        start = first_of(kv)
        width = s.heads * s.head_dim
        rotate = rotate_append(s.heads, s.kv_heads, s.head_dim, s.context, s.biases, s.head_norms, s.norm_epsilon)
        group = s.heads // s.kv_heads
        tile = max(1, min(tiles[0], MOST_QUERIES * DIM // (group * s.head_dim)))
        attend = attention.attend(s.heads, s.kv_heads, s.head_dim, s.context, tile, self.subgroups)
        for i, layer in enumerate(self.layers):
            cache = emit("flatkv.layer", [kv._expr, relax.prim_value(i)], relax.TensorType((2, s.kv_heads, s.context // 4, 4 * s.head_dim), "float32"))
            qkv = self.normed(x, layer.qkv, layer.n1, s.qkv, tiles)
            # What a family has not is not read: any vector stands for it.
            bias = layer.qkv_bias if s.biases else layer.n1
            q_norm, k_norm = (layer.q_norm, layer.k_norm) if s.head_norms else (layer.n1, layer.n1)
            q = call(rotate, "rotate", [qkv, bias, q_norm, k_norm, rope, cache, start], (n, width))
            attended = call(attend, f"attend_{rows}", [q, cache, start], (n, width))
            x = self.added(attended, layer.o, x, tiles)
            gated = grouped_products.gated(s.feed_forward, tiles, self.subgroups, len(arrays_of(layer.gu)), s.norm_epsilon)
            inner = call_parts(gated, f"gate_up_{rows}", [x, layer.n2], 1, layer.gu, (n, s.feed_forward))
            x = self.added(inner, layer.down, x, tiles)
        return x

    def normed(self, x: Tensor, weights, gains: Tensor, columns: int, tiles: tuple[int, ...], last: bool = False):
        """rmsnorm(x) @ weights."""
        kernel = grouped_products.matmul(columns, tiles, self.subgroups, len(arrays_of(weights)), norm=True, last=last, epsilon=self.shape.norm_epsilon)
        name = "last_row" if last else f"normed_{rows_name(tiles)}"
        return call_parts(kernel, name, [x, gains, x], 1, weights, (1 if last else x.shape[0], columns))

    def added(self, x: Tensor, weights, to: Tensor, tiles: tuple[int, ...]):
        """to + x @ weights."""
        kernel = grouped_products.matmul(self.shape.hidden, tiles, self.subgroups, len(arrays_of(weights)), residual=True)
        return call_parts(kernel, f"added_{rows_name(tiles)}", [x, self.norm, to], 1, weights, (x.shape[0], self.shape.hidden))

    def logits(self, x: Tensor, n, tiles: tuple[int, ...]):
        """Of all rows of x, or of the last alone where `n` is one."""
        s = self.shape
        head = self.emb if s.tied else self.head
        return op.reshape(self.normed(x, head, self.norm, s.vocabulary, tiles, last=tiles == ONE_ROW), (1, n, s.vocabulary))

    def cache(self):
        s = self.shape
        sizes = [s.layers, s.kv_heads, s.context, s.head_dim, s.rope_theta]
        if s.rope_scaling is None:
            return "flatkv.create", sizes
        scaling = s.rope_scaling
        return "flatkv.create_scaled", [*sizes, scaling.factor, scaling.low, scaling.high, scaling.original]
