"""Decoders of decoder.py that draft with a reduced vocabulary (reduced.py) or read a target's states (states.py), and the target that keeps those.

Besides the parameters of decoder.py, in their order: with a reduced vocabulary `columns`, and where states are read `from_state` and `from_embedding`,
matrices [hidden, hidden], and `ones` [hidden]. What the first layer reads is then rms(state of the token before) @ from_state + rms(embedding) @ from_embedding.
A library whose shape keeps or reads states has one function more: last_hidden_states(kv) -> float32 [context, hidden], the tensor itself and no copy."""
from tvm import relax
from tvm.relax.frontend import nn
from tvm.relax.frontend.nn import Tensor, op
from tvm.relax.frontend.nn.llm.kv_cache import PagedKVCache

from . import grouped_products, reduced, states, web_llm
from .decoder import QUANTIZATION, Grouped, first_of, matrix, vector
from .shapes import Decoder
from .web_llm import ONE_ROW, call, emit


class Reduced(Grouped):
    """A draft that knows s.reduced - 1 ids."""

    def __init__(self, s: Decoder, subgroups: bool = False):
        super().__init__(s, subgroups)
        self.columns = nn.Parameter((s.vocabulary,), "int32")

    def embed(self, input_ids: Tensor):
        s, n = self.shape, input_ids.shape[0]
        columns = call(reduced.look_up(s.vocabulary), "look_up", [input_ids, self.columns], (n,), "int32")
        return call(grouped_products.gather(s.reduced, s.hidden, s.reduced), "gather", [columns, self.emb], (n, s.hidden))

    def logits(self, x: Tensor, n, tiles: tuple[int, ...]):
        s, last = self.shape, tiles == ONE_ROW
        known = self.normed(x, self.emb, self.norm, s.reduced, tiles, last=last)
        spread = call(reduced.spread(s.reduced, s.vocabulary), "spread", [known, self.columns], (1 if last else x.shape[0], s.vocabulary))
        return op.reshape(spread, (1, n, s.vocabulary))


class Keeping(Grouped):
    """A target that keeps its states."""

    def spec(self):
        return super().spec() | states_spec()

    def hidden(self, embeds: Tensor, kv: PagedKVCache, tiles: tuple[int, ...]):
        return keep(self.shape, super().hidden(embeds, kv, tiles), kv)

    def last_hidden_states(self, kv: PagedKVCache):
        return kept(self.shape, kv)


class Head(Reduced):
    """A draft that reads the states of a target, and its own where those are still to come."""

    def __init__(self, s: Decoder, subgroups: bool = False):
        super().__init__(s, subgroups)
        self.from_state, self.from_embedding = (matrix(name, s.hidden, s.hidden) for name in ("from_state", "from_embedding"))
        self.ones = vector(s.hidden)

    def spec(self):
        return super().spec() | states_spec()

    def hidden(self, embeds: Tensor, kv: PagedKVCache, tiles: tuple[int, ...]):
        s, n = self.shape, embeds.shape[1]
        embedded = op.reshape(embeds, (n, s.hidden))
        before = call(states.recall(s.hidden, s.context), "recall", [embedded, kept(s, kv), first_of(kv)], (n, s.hidden))
        product = grouped_products.matmul(s.hidden, tiles, self.subgroups, norm=True, epsilon=s.norm_epsilon)
        x = call(product, "from_state", [before, self.from_state, self.ones, before], (n, s.hidden))
        added = grouped_products.matmul(s.hidden, tiles, self.subgroups, norm=True, residual=True, epsilon=s.norm_epsilon)
        x = call(added, "from_embedding", [embedded, self.from_embedding, self.ones, x], (n, s.hidden))
        return keep(s, super().hidden(op.reshape(x, (1, n, s.hidden)), kv, tiles), kv)

    def last_hidden_states(self, kv: PagedKVCache):
        return kept(self.shape, kv)


def states_spec():
    return {"last_hidden_states": {"kv": nn.spec.Object(object_type=PagedKVCache), "$": {"param_mode": "none", "effect_mode": "none"}}}


def kept(s: Decoder, kv: PagedKVCache) -> Tensor:
    return emit("flatkv.states", [kv._expr, relax.prim_value(s.hidden)], relax.TensorType((s.context, s.hidden), "float32"))


def keep(s: Decoder, x: Tensor, kv: PagedKVCache) -> Tensor:
    return call(states.keep(s.hidden, s.context), "keep", [x, kept(s, kv), first_of(kv)], (x.shape[0], s.hidden))


def module(s: Decoder, subgroups: bool):
    """-> (IRModule with every function of the library, its parameters). Raises ValueError as Decoder.check does."""
    kind = Head if s.reads_states else Reduced if s.reduced else Keeping if s.keeps_states else Grouped
    return web_llm.module(kind(s, subgroups), QUANTIZATION)
