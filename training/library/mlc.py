"""Libraries as MLC compiles them, small ones for tests: what the page is told to load where it has no library of its own for a model. The model and its functions are
those of mlc-llm (python/mlc_llm: model/llama/llama_model.py, quantization/group_quantization.py, compiler_pass/pipeline.py), written here again with TVM's front
end; cache, attention and schedules are TVM's own (relax.frontend.nn.llm.kv_cache, dlight), the merge kernel with its race among them. Not MLC's are the
functions that choose tokens, since TVM's sort does not compile for WebGPU, and there is no kernel of its own for 2 to 8 rows."""
import json

import tvm
from tvm import ir, relax, te, tirx
from tvm.relax.frontend import nn
from tvm.relax.frontend.nn import Tensor, op
from tvm.relax.frontend.nn.llm import kv_cache
from tvm.relax.frontend.nn.llm.kv_cache import PagedKVCache, RopeMode
from tvm.s_tir import dlight

from .web_llm import Library, metadata

# Weights of a group, and codes of a word.
GROUP, CODES = 32, 8


class Sizes:
    """Of a model, by its mlc-chat-config.json."""

    def __init__(self, config: dict):
        model = config["model_config"]
        self.hidden, self.feed_forward = model["hidden_size"], model["intermediate_size"]
        self.heads, self.kv_heads, self.head_dim = model["num_attention_heads"], model["num_key_value_heads"], model["head_dim"]
        self.layers, self.vocabulary = model["num_hidden_layers"], model["vocab_size"]
        self.rope_theta, self.norm_epsilon = model["position_embedding_base"], model["rms_norm_eps"]
        self.context, self.chunk, self.batch = config["context_window_size"], config["prefill_chunk_size"], model["max_batch_size"]


def weight(words: te.Tensor, scales: te.Tensor, row, k):
    code = tirx.bitwise_and(tirx.shift_right(words[row, k // CODES], tirx.Cast("uint32", k % CODES * 4)), tirx.const(15, "uint32"))
    return (tirx.Cast("float32", code) - 7) * scales[row, k // GROUP]


class Quantised(nn.Module):
    """[rows, inner] in q4f32_1: eight codes a word, a scale for 32 of them."""

    def __init__(self, rows: int, inner: int):
        self.rows, self.inner = rows, inner
        self.q_weight = nn.Parameter((rows, inner // CODES), "uint32")
        self.q_scale = nn.Parameter((rows, inner // GROUP), "float32")

    def forward(self, x: Tensor):
        def product(x, words, scales):
            whole = te.compute((self.rows, self.inner), lambda i, k: weight(words, scales, i, k), name="dequantize")
            k = te.reduce_axis((0, self.inner), name="k")
            return te.compute((*x.shape[:-1], self.rows), lambda b, n, i: te.sum(x[b, n, k] * whole[i, k], axis=k), name="NT_matmul")

        return op.tensor_expr_op(product, "linear", [x, self.q_weight, self.q_scale])

    def rows_of(self, ids: Tensor):
        def gather(ids, words, scales):
            return te.compute((ids.shape[0], self.inner), lambda n, k: weight(words, scales, ids[n], k), name="take")

        return op.tensor_expr_op(gather, "embed", [ids, self.q_weight, self.q_scale])


class Attention(nn.Module):
    def __init__(self, s: Sizes):
        self.sizes = s
        self.qkv_proj = Quantised((s.heads + 2 * s.kv_heads) * s.head_dim, s.hidden)
        self.o_proj = Quantised(s.hidden, s.heads * s.head_dim)

    def forward(self, x: Tensor, cache: PagedKVCache, layer: int):
        s = self.sizes
        b, n, _ = x.shape
        qkv = op.reshape(self.qkv_proj(x), (b, n, s.heads + 2 * s.kv_heads, s.head_dim))
        attended = cache.attention_with_fused_qkv(layer, qkv, s.heads, sm_scale=s.head_dim**-0.5)
        return self.o_proj(op.reshape(attended, (b, n, s.heads * s.head_dim)))


class FeedForward(nn.Module):
    def __init__(self, s: Sizes):
        self.gate_up_proj = Quantised(2 * s.feed_forward, s.hidden)
        self.down_proj = Quantised(s.hidden, s.feed_forward)

    def forward(self, x: Tensor):
        gate, up = op.split(self.gate_up_proj(x), 2, axis=-1)
        return self.down_proj(op.silu(gate) * up)


class Layer(nn.Module):
    def __init__(self, s: Sizes):
        self.self_attn, self.mlp = Attention(s), FeedForward(s)
        self.input_layernorm = nn.RMSNorm(s.hidden, -1, s.norm_epsilon, bias=False)
        self.post_attention_layernorm = nn.RMSNorm(s.hidden, -1, s.norm_epsilon, bias=False)

    def forward(self, x: Tensor, cache: PagedKVCache, layer: int):
        x = x + self.self_attn(self.input_layernorm(x), cache, layer)
        return x + self.mlp(self.post_attention_layernorm(x))


class Model(nn.Module):
    def __init__(self, s: Sizes):
        self.embed_tokens = Quantised(s.vocabulary, s.hidden)
        self.layers = nn.ModuleList([Layer(s) for _ in range(s.layers)])
        self.norm = nn.RMSNorm(s.hidden, -1, s.norm_epsilon, bias=False)

    def forward(self, x: Tensor, cache: PagedKVCache):
        for i, layer in enumerate(self.layers):
            x = layer(x, cache, i)
        return self.norm(x)


class Llama(Library):
    """Of tied weights in q4f32_1."""

    def __init__(self, s: Sizes):
        self.shape = s
        self.model = Model(s)

    def logits(self, hidden: Tensor):
        return self.model.embed_tokens(hidden)

    def embed(self, input_ids: Tensor):
        return self.model.embed_tokens.rows_of(input_ids)

    def prefill(self, input_embed: Tensor, kv: PagedKVCache):
        def last(x):
            return te.compute((x.shape[0], 1, x.shape[2]), lambda b, _, k: x[b, x.shape[1] - 1, k], name="index")

        return self.logits(op.tensor_expr_op(last, "index", [self.model(input_embed, kv)])), kv

    def decode(self, input_embed: Tensor, kv: PagedKVCache):
        return self.logits(self.model(input_embed, kv)), kv

    def batch_prefill(self, input_embeds: Tensor, logit_positions: Tensor, kv: PagedKVCache):
        return self.logits(op.take(self.model(input_embeds, kv), logit_positions, axis=1)), kv

    def batch_verify(self, input_embeds: Tensor, kv: PagedKVCache):
        return self.logits(self.model(input_embeds, kv)), kv

    def spec(self):
        whole = super().spec()
        positions = nn.spec.Tensor(["batch_size"], "int32")
        several = whole["batch_verify"]
        return whole | {"batch_prefill": {"input_embeds": several["input_embeds"], "logit_positions": positions, "kv": several["kv"], "$": several["$"]}}


def module(config: dict):
    """-> IRModule with every function of the library of the model that `config`, a mlc-chat-config.json, describes. Call within a target."""
    s = Sizes(config)
    model = Llama(s)
    mod, params, _ = model.export_tvm(spec=model.spec(), allow_extern=True)
    builder = relax.BlockBuilder(mod)
    names = ("max_batch_size", "max_total_seq_len", "prefill_chunk_size", "page_size", "support_sliding_window")
    sizes = {name: tirx.Var(f"{name}_", "int64") for name in names}
    with builder.function("create_tir_paged_kv_cache", [relax.Var(name, relax.ShapeType([size])) for name, size in sizes.items()]):
        cache = kv_cache.TIRPagedKVCache(
            attn_kind="mha",
            layer_partition=relax.ShapeExpr([0, s.layers]),
            num_hidden_layers=s.layers,
            num_attention_heads=s.heads,
            num_key_value_heads=s.kv_heads,
            qk_head_dim=s.head_dim,
            v_head_dim=s.head_dim,
            mla_original_qk_head_dim=0,
            mla_original_v_head_dim=0,
            rope_mode=RopeMode.NORMAL,
            rope_scale=1,
            rope_theta=s.rope_theta,
            rope_scaling={},
            rope_ext_factors=relax.prim_value(0),
            rotary_dim=s.head_dim,
            enable_disaggregation=False,
            dtype="float32",
            target=tvm.target.Target.current(),
            **sizes,
        )
        builder.emit_func_output(cache._expr)
    said = metadata(s, "q4f32_1", params) | {"max_batch_size": s.batch, "prefill_chunk_size": s.chunk}
    with builder.function("_metadata", []):
        builder.emit_func_output(ir.StringImm(json.dumps(said)))
    mod = builder.finalize()
    bounds = {"total_seq_len": s.context, "seq_len": s.chunk, "batch_size": s.batch, "num_samples": s.batch}
    for name, function in list(mod.functions.items()):
        if isinstance(function, relax.Function):
            mod[name] = function.with_attr({"tir_var_upper_bound": bounds, "relax.memory_plan_dynamic_func_output": True})
    return mod


def passes(target) -> list:
    """MLC's pipeline, as far as it concerns such a model."""
    schedules = (dlight.gpu.Matmul(), dlight.gpu.GEMV(), dlight.gpu.Reduction(), dlight.gpu.GeneralReduction(), dlight.gpu.Fallback())
    return [
        tirx.transform.BindTarget(target),
        relax.transform.FuseTransposeMatmul(),
        relax.transform.LegalizeOps(),
        relax.transform.AnnotateTIROpPattern(),
        relax.transform.FoldConstant(),
        relax.transform.FuseOps(),
        relax.transform.FuseTIR(),
        relax.transform.DeadCodeElimination(),
        dlight.ApplyDefaultSchedule(*schedules),
        relax.transform.RewriteDataflowReshape(),
    ]
