"""A Llama-style model on our kernels, with the functions that web-llm asks of a library. `decode` computes one row a thread,
`batch_verify` and `prefill` several; all give the same bits."""
from tvm import relax, tirx
from tvm.relax.frontend import nn
from tvm.relax.frontend.nn import Tensor, op
from tvm.relax.frontend.nn.llm.kv_cache import PagedKVCache

from pair import Shape

from . import attention, projections, small, web_llm
from .web_llm import ONE_ROW, Library, call, emit, rows_name

# The weights' form, in the words of web-llm's configuration files.
QUANTIZATION = "q8f32"


def matrix(inner: int, columns: int) -> nn.Parameter:
    """Int8 weights as layout.py packs them."""
    return nn.Parameter(projections.packed(inner, columns), "uint32")


class Layer(nn.Module):
    def __init__(self, s: Shape):
        self.qkv = matrix(s.hidden, (s.heads + 2 * s.kv_heads) * s.head_dim)
        self.o = matrix(s.heads * s.head_dim, s.hidden)
        self.gu = matrix(s.hidden, 2 * s.feed_forward)
        self.down = matrix(s.feed_forward, s.hidden)


class Llama(Library):
    """`subgroups`: whether threads of a subgroup share what they read, which needs the adapter's feature of that name; the bits are the same."""

    def __init__(self, s: Shape, subgroups: bool = False):
        self.shape = s
        self.subgroups = subgroups
        self.emb = matrix(s.hidden, s.vocabulary)
        self.layers = nn.ModuleList([Layer(s) for _ in range(s.layers)])
        self.head = matrix(s.hidden, s.vocabulary)

    def embed(self, input_ids: Tensor):
        s = self.shape
        return call(projections.gather(s.vocabulary, s.hidden), "gather", [input_ids, self.emb], (input_ids.shape[0], s.hidden))

    def prefill(self, input_embed: Tensor, kv: PagedKVCache):
        return self.logits(self.hidden(input_embed, kv, self.shape.tiles), 1, ONE_ROW), kv

    def decode(self, input_embed: Tensor, kv: PagedKVCache):
        return self.logits(self.hidden(input_embed, kv, ONE_ROW), 1, ONE_ROW), kv

    def batch_verify(self, input_embeds: Tensor, kv: PagedKVCache):
        tiles = self.shape.tiles
        return self.logits(self.hidden(input_embeds, kv, tiles), input_embeds.shape[1], tiles), kv

    def hidden(self, embeds: Tensor, kv: PagedKVCache, tiles: tuple[int, ...]):
        """[1, n, hidden] -> [n, hidden] before the last norm, appending n tokens to the cache."""
        s, shared = self.shape, self.subgroups
        rows = rows_name(tiles)
        builder = relax.BlockBuilder.current()
        n = embeds.shape[1]
        x = op.reshape(embeds, (n, s.hidden))
        rope = emit("flatkv.rope", [kv._expr], relax.TensorType((s.context, s.head_dim), "float32"))
        start = builder.emit(relax.call_pure_packed("flatkv.start", kv._expr, ty_args=relax.TensorType(dtype="float32", ndim=1)))
        start = Tensor(_expr=builder.match_cast(start, relax.TensorType((tirx.Var("start", "int64"),), "float32")))
        width = s.heads * s.head_dim
        for i, layer in enumerate(self.layers):
            cache = emit("flatkv.layer", [kv._expr, relax.prim_value(i)], relax.TensorType((2, s.kv_heads, s.context // 4, 4 * s.head_dim), "float32"))
            project = attention.project_rotate_append(s.hidden, s.heads, s.kv_heads, s.head_dim, s.context, tiles, shared, s.layers, s.norm_epsilon)
            q = call(project, f"qkv_{rows}", [x, layer.qkv, rope, cache, start], (n, width))
            if tiles == ONE_ROW and small.pays(s):
                rest = small.rest_of_layer(s.hidden, s.feed_forward, s.heads, s.kv_heads, s.head_dim, s.context, shared, s.norm_epsilon)
                x = call(rest, "rest_of_layer", [q, cache, start, x, layer.o, layer.gu, layer.down], (1, s.hidden))
                continue
            attended = call(attention.attend(s.heads, s.kv_heads, s.head_dim, s.context, tiles[0], shared), f"attend_{rows}", [q, cache, start], (n, width))
            x = call(projections.matmul(width, s.hidden, tiles, shared, s.layers, residual=True), f"o_{rows}", [attended, layer.o, x], (n, s.hidden))
            inner = call(projections.gated(s.hidden, s.feed_forward, tiles, shared, s.layers, s.norm_epsilon), f"gate_up_{rows}", [x, layer.gu], (n, s.feed_forward))
            x = call(projections.matmul(s.feed_forward, s.hidden, tiles, shared, s.layers, residual=True), f"down_{rows}", [inner, layer.down, x], (n, s.hidden))
        return x

    def logits(self, x: Tensor, n, tiles: tuple[int, ...]):
        """Of all rows of x, or of the last alone where `n` is one."""
        s = self.shape
        kernel = projections.matmul(s.hidden, s.vocabulary, tiles, self.subgroups, 1, norm=True, last=tiles == ONE_ROW, epsilon=s.norm_epsilon)
        return op.reshape(call(kernel, f"head_{rows_name(tiles)}", [x, self.head, x], (n, s.vocabulary)), (1, n, s.vocabulary))

    def cache(self):
        s = self.shape
        return "flatkv.create", [s.layers, s.kv_heads, s.context, s.head_dim, int(s.rope_theta)]


def module(s: Shape, subgroups: bool):
    """-> (IRModule with every function of the library, its parameters).

    Raises ValueError for a shape whose matrices the kernels would not cover whole.
    """
    widths = {"hidden": s.hidden, "feed_forward": s.feed_forward, "qkv": (s.heads + 2 * s.kv_heads) * s.head_dim, "vocabulary": s.vocabulary}
    odd = [f"{name} {width}" for name, width in widths.items() if width % 64]
    if odd:
        raise ValueError(f"Widths must be multiples of 64: {', '.join(odd)}")
    return web_llm.module(Llama(s, subgroups), QUANTIZATION)
