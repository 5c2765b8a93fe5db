"""A Llama-style model on our kernels, with the functions that web-llm asks of a library. `decode` computes one row a thread,
`batch_verify` and `prefill` several; all give the same bits."""
import json

from tvm import ir, relax, tirx
from tvm.relax.frontend import nn
from tvm.relax.frontend.nn import Tensor, op
from tvm.relax.frontend.nn.llm.kv_cache import PagedKVCache

from pair import Shape

from . import attention, projections, sampling, small

# The weights' form, in the words of web-llm's configuration files.
QUANTIZATION = "q8f32"
# Most tokens of one forward.
PREFILL_CHUNK = 256
# Tiles of a forward that has never more.
ONE_ROW = (1,)


def emit(name, arguments, result):
    """Calls a function of the cache's C++ side."""
    return Tensor(_expr=relax.BlockBuilder.current().emit(relax.call_pure_packed(name, *arguments, ty_args=result)))


def call(kernel, name, arguments, shape, dtype="float32"):
    return op.tensor_ir_op(kernel, name, arguments, Tensor.placeholder(shape, dtype))


def rows_name(tiles: tuple[int, ...]) -> str:
    return "row" if tiles == ONE_ROW else "rows"


def matrix(inner: int, columns: int) -> nn.Parameter:
    """Int8 weights as layout.py packs them."""
    return nn.Parameter(projections.packed(inner, columns), "uint32")


class Layer(nn.Module):
    def __init__(self, s: Shape):
        self.qkv = matrix(s.hidden, (s.heads + 2 * s.kv_heads) * s.head_dim)
        self.o = matrix(s.heads * s.head_dim, s.hidden)
        self.gu = matrix(s.hidden, 2 * s.feed_forward)
        self.down = matrix(s.feed_forward, s.hidden)


class Llama(nn.Module):
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

    def softmax_with_temperature(self, logits: Tensor, temperature: Tensor):
        b, v = logits.shape[0], self.shape.vocabulary
        rows = op.reshape(logits, (b, v))
        return op.reshape(call(sampling.softmax_with_temperature(v), "softmax", [rows, temperature], (b, v)), (b, 1, v))

    def argsort_probs(self, probabilities: Tensor):
        b, v = probabilities.shape[0], self.shape.vocabulary
        out = [Tensor.placeholder((b, v), "float32"), Tensor.placeholder((b, v), "int32")]
        return op.tensor_ir_op(sampling.argsort(v), "argsort", [probabilities], out)

    def sample_with_top_p(self, values: Tensor, ids: Tensor, uniforms: Tensor, rows: Tensor, top_p: Tensor):
        kernel = sampling.sample_with_top_p(self.shape.vocabulary)
        return call(kernel, "sample", [values, ids, uniforms, rows, top_p], (uniforms.shape[0],), "int32")

    def apply_logit_bias_inplace(self, logits: Tensor, rows: Tensor, tokens: Tensor, biases: Tensor):
        return self.in_place(sampling.apply_logit_bias, "bias", [logits, rows, tokens, biases])

    def apply_penalty_inplace(self, logits: Tensor, sequences: Tensor, positions: Tensor, tokens: Tensor, counts: Tensor, penalties: Tensor):
        return self.in_place(sampling.apply_penalty, "penalty", [logits, sequences, positions, tokens, counts, penalties])

    def apply_bitmask_inplace(self, logits: Tensor, sequences: Tensor, mask: Tensor):
        return self.in_place(sampling.apply_bitmask, "bitmask", [logits, sequences, mask])

    def in_place(self, kernel, name, arguments):
        logits = arguments[0]
        return op.tensor_ir_inplace_op(kernel(self.shape.vocabulary), name, arguments, 0, Tensor.placeholder(logits.shape, "float32"))

    def spec(self):
        s = self.shape
        tensor = nn.spec.Tensor
        packed = {"param_mode": "packed", "effect_mode": "none"}
        plain = {"param_mode": "none", "effect_mode": "none"}
        kv = nn.spec.Object(object_type=PagedKVCache)
        rows = tensor(["batch_size", s.vocabulary], "float32")
        samples, tokens, sequences = tensor(["num_samples"], "int32"), tensor(["num_tokens"], "int32"), tensor(["num_sequences"], "int32")
        several = tensor([1, "seq_len", s.hidden], "float32")
        return {
            "embed": {"input_ids": tensor(["seq_len"], "int32"), "$": packed},
            "prefill": {"input_embed": several, "kv": kv, "$": packed},
            "decode": {"input_embed": tensor([1, 1, s.hidden], "float32"), "kv": kv, "$": packed},
            "batch_verify": {"input_embeds": several, "kv": kv, "$": packed},
            "softmax_with_temperature": {
                "logits": tensor(["batch_size", 1, s.vocabulary], "float32"),
                "temperature": tensor(["batch_size"], "float32"),
                "$": plain,
            },
            "argsort_probs": {"probabilities": rows, "$": plain},
            "sample_with_top_p": {
                "values": rows,
                "ids": tensor(["batch_size", s.vocabulary], "int32"),
                "uniforms": tensor(["num_samples"], "float32"),
                "rows": samples,
                "top_p": tensor(["batch_size"], "float32"),
                "$": plain,
            },
            "apply_logit_bias_inplace": {"logits": rows, "rows": tokens, "tokens": tokens, "biases": tensor(["num_tokens"], "float32"), "$": plain},
            "apply_penalty_inplace": {
                "logits": rows,
                "sequences": sequences,
                "positions": tokens,
                "tokens": tokens,
                "counts": tokens,
                "penalties": tensor(["num_sequences", 3], "float32"),
                "$": plain,
            },
            "apply_bitmask_inplace": {
                "logits": rows,
                "sequences": sequences,
                "mask": tensor(["batch_size", -(-s.vocabulary // 32)], "int32"),
                "$": plain,
            },
        }


# Symbolic sizes and their largest values, for static memory planning.
UPPER_BOUNDS = {"seq_len": PREFILL_CHUNK, "batch_size": 1, "num_samples": 1}


def metadata(s: Shape, params) -> dict:
    """What web-llm reads from a library before it loads weights."""
    return {
        "model_type": "llama",
        "quantization": QUANTIZATION,
        "context_window_size": s.context,
        "sliding_window_size": -1,
        "attention_sink_size": -1,
        "prefill_chunk_size": PREFILL_CHUNK,
        "tensor_parallel_shards": 1,
        "kv_state_kind": "kv_cache",
        "params": [{"name": name, "shape": [int(x) for x in p.shape], "dtype": str(p.dtype), "preprocs": []} for name, p in params],
    }


def module(s: Shape, subgroups: bool):
    """-> (IRModule with every function of the library, its parameters).

    Raises ValueError for a shape whose matrices the kernels would not cover whole.
    """
    widths = {"hidden": s.hidden, "feed_forward": s.feed_forward, "qkv": (s.heads + 2 * s.kv_heads) * s.head_dim, "vocabulary": s.vocabulary}
    odd = [f"{name} {width}" for name, width in widths.items() if width % 64]
    if odd:
        raise ValueError(f"Widths must be multiples of 64: {', '.join(odd)}")
    model = Llama(s, subgroups)
    mod, params, _ = model.export_tvm(spec=model.spec(), allow_extern=True)
    builder = relax.BlockBuilder(mod)
    names = ("max_batch_size", "max_total_seq_len", "prefill_chunk_size", "page_size", "support_sliding_window")
    arguments = [relax.Var(name, relax.ShapeType([tirx.Var(f"{name}_", "int64")])) for name in names]
    with builder.function("create_tir_paged_kv_cache", arguments):
        with builder.dataflow():
            like = builder.emit(relax.op.zeros((1,), "float32"))
            sizes = relax.ShapeExpr([s.layers, s.kv_heads, s.context, s.head_dim, int(s.rope_theta)])
            made = builder.emit_output(builder.emit(relax.call_pure_packed("flatkv.create", sizes, like, ty_args=relax.AnyType())))
        builder.emit_func_output(made)
    with builder.function("_metadata", []):
        builder.emit_func_output(ir.StringImm(json.dumps(metadata(s, params))))
    mod = builder.finalize()
    for name, function in list(mod.functions.items()):
        if isinstance(function, relax.Function):
            mod[name] = function.with_attr({"tir_var_upper_bound": UPPER_BOUNDS, "relax.memory_plan_dynamic_func_output": True})
    return mod, params
