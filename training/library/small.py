"""One row through all of a small layer after its cache, in one dispatch of one workgroup: what a draft's step takes is mostly dispatches. The
same operations in the same order as attention.attend, projections.matmul and projections.gated, so the bits are the same."""
from functools import cache

from tvm.script import tirx as T

from .attention import attend_tile, sizes
from .projections import gate, packed, product, synchronise

# Threads of the workgroup and columns of each, in blocks of four: what the narrowest product gives work to.
THREADS, QUADS = 16, 2


# Weights of a layer up to which one workgroup is faster than a dispatch for each of its products.
MOST_WEIGHTS = 200_000


def pays(s):
    """Whether a layer of this shape is small enough, and the threads divide it evenly."""
    each = 4 * QUADS * THREADS
    weights = s.heads * s.head_dim * s.hidden + 3 * s.hidden * s.feed_forward
    return weights <= MOST_WEIGHTS and s.hidden % each == 0 and 2 * s.feed_forward % each == 0 and s.head_dim // 4 % THREADS == 0


# Every layer asks for it, and to parse it takes long.
@cache
def rest_of_layer(hidden, feed_forward, heads, kv_heads, dim, context, subgroups, epsilon=1e-5):
    """x + attention @ o, then that + down(silu(gate) * up), for the one row whose q was just projected and whose k and v are in the cache."""
    width = heads * dim
    group = heads // kv_heads
    queries, blocks = sizes(1, group, dim, THREADS)
    each = 4 * QUADS * THREADS

    @T.prim_func(private=True, s_tir=True)
    def kernel(
        q: T.Buffer((1, width), "float32"),
        cache: T.Buffer((2, kv_heads, context // 4, 4 * dim), "float32"),
        start_handle: T.handle,
        x: T.Buffer((1, hidden), "float32"),
        o: T.Buffer(packed(width, hidden), "uint32"),
        gu: T.Buffer(packed(hidden, 2 * feed_forward), "uint32"),
        down: T.Buffer(packed(feed_forward, hidden), "uint32"),
        y: T.Buffer((1, hidden), "float32"),
    ):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        start = T.int64()
        _start = T.match_buffer(start_handle, (start,), "float32")
        for _block in T.thread_binding(1, "blockIdx.x"):
            for lane in T.thread_binding(THREADS, "threadIdx.x"):
                with T.sblock("rest"):
                    T.reads()
                    T.writes()
                    # A chunk's probabilities and what attention gives, then what is between gate_up and down.
                    inner = T.sblock_alloc_buffer((1, max(width, feed_forward)), "float32", scope="shared")
                    sums = T.sblock_alloc_buffer((QUADS, 4), "float32", scope="local")
                    result = T.sblock_alloc_buffer((4,), "float32", scope="local")
                    for head in T.serial(kv_heads):
                        attend_tile(q, cache, inner, 0, head, lane, 1, start, 1, group, dim, THREADS, queries, blocks, subgroups)
                    synchronise()
                    for turn in T.serial(hidden // each):
                        product(sums, inner, o, width, (1,), (turn * THREADS + lane) * QUADS, 0, 1, False, epsilon, subgroups, QUADS)
                        for p in T.unroll(QUADS):
                            for c in T.vectorized(4):
                                result[c] = sums[p, c] + x[0, ((turn * THREADS + lane) * QUADS + p) * 4 + c]
                            for c in T.vectorized(4):
                                y[0, ((turn * THREADS + lane) * QUADS + p) * 4 + c] = result[c]
                    synchronise()
                    for turn in T.serial(2 * feed_forward // each):
                        product(sums, y, gu, hidden, (1,), (turn * THREADS + lane) * QUADS, 0, 1, True, epsilon, subgroups, QUADS)
                        for p in T.unroll(QUADS // 2):
                            gate(result, sums, 2 * p)
                            for c in T.vectorized(4):
                                inner[0, ((turn * THREADS + lane) * (QUADS // 2) + p) * 4 + c] = result[c]
                    synchronise()
                    for turn in T.serial(hidden // each):
                        product(sums, inner, down, feed_forward, (1,), (turn * THREADS + lane) * QUADS, 0, 1, False, epsilon, subgroups, QUADS)
                        for p in T.unroll(QUADS):
                            for c in T.vectorized(4):
                                result[c] = sums[p, c] + y[0, ((turn * THREADS + lane) * QUADS + p) * 4 + c]
                            for c in T.vectorized(4):
                                y[0, ((turn * THREADS + lane) * QUADS + p) * 4 + c] = result[c]

    return kernel
