"""The functions that web-llm asks of a library beside those of the model itself, and the module that holds all of them."""
import json

from tvm import ir, relax, tirx
from tvm.relax.frontend import nn
from tvm.relax.frontend.nn import Tensor, op
from tvm.relax.frontend.nn.llm.kv_cache import PagedKVCache

from . import sampling

# Most tokens of one forward.
PREFILL_CHUNK = 256
# Tiles of a forward that has never more.
ONE_ROW = (1,)
# Symbolic sizes and their largest values, for static memory planning.
UPPER_BOUNDS = {"seq_len": PREFILL_CHUNK, "batch_size": 1, "num_samples": 1}


def rows_name(tiles: tuple[int, ...]) -> str:
    return "row" if tiles == ONE_ROW else "rows"


def emit(name, arguments, result):
    """Calls a function of the cache's C++ side."""
    return Tensor(_expr=relax.BlockBuilder.current().emit(relax.call_pure_packed(name, *arguments, ty_args=result)))


def call(kernel, name, arguments, shape, dtype="float32"):
    return op.tensor_ir_op(kernel, name, arguments, Tensor.placeholder(shape, dtype))


class Library(nn.Module):
    """A model with `shape` (hidden, vocabulary, context, layers), to which a subclass adds embed, prefill, decode and batch_verify, and `cache`: the name
    of the C++ function that makes its cache, with the sizes that it takes."""

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


def model_config(s) -> dict:
    """What mlc-chat-config.json says of a shape to anything that reads the weights without its library, as the page does on the CPU."""
    return {
        "hidden_size": s.hidden,
        "intermediate_size": s.feed_forward,
        "num_hidden_layers": s.layers,
        "num_attention_heads": s.heads,
        "num_key_value_heads": s.kv_heads,
        "head_dim": s.head_dim,
        "rope_theta": s.rope_theta,
        "rms_norm_eps": s.norm_epsilon,
        "vocab_size": s.vocabulary,
    }


def metadata(s, quantization: str, params) -> dict:
    """What web-llm reads from a library before it loads weights."""
    return {
        "model_type": "llama",
        "quantization": quantization,
        "context_window_size": s.context,
        "sliding_window_size": -1,
        "attention_sink_size": -1,
        "prefill_chunk_size": PREFILL_CHUNK,
        "tensor_parallel_shards": 1,
        "kv_state_kind": "kv_cache",
        "params": [{"name": name, "shape": [int(x) if isinstance(x, int | tirx.IntImm) else -1 for x in p.shape], "dtype": str(p.dtype), "preprocs": []} for name, p in params],
    }


def module(model: Library, quantization: str):
    """-> (IRModule with every function of the library, its parameters)."""
    s = model.shape
    mod, params, _ = model.export_tvm(spec=model.spec(), allow_extern=True)
    builder = relax.BlockBuilder(mod)
    names = ("max_batch_size", "max_total_seq_len", "prefill_chunk_size", "page_size", "support_sliding_window")
    arguments = [relax.Var(name, relax.ShapeType([tirx.Var(f"{name}_", "int64")])) for name in names]
    with builder.function("create_tir_paged_kv_cache", arguments):
        with builder.dataflow():
            like = builder.emit(relax.op.zeros((1,), "float32"))
            create, sizes = model.cache()
            made = builder.emit_output(builder.emit(relax.call_pure_packed(create, relax.ShapeExpr(sizes), like, ty_args=relax.AnyType())))
        builder.emit_func_output(made)
    with builder.function("_metadata", []):
        builder.emit_func_output(ir.StringImm(json.dumps(metadata(s, quantization, params))))
    mod = builder.finalize()
    for name, function in list(mod.functions.items()):
        if isinstance(function, relax.Function):
            mod[name] = function.with_attr({"tir_var_upper_bound": UPPER_BOUNDS, "relax.memory_plan_dynamic_func_output": True})
    return mod, params
