"""The attention half of a layer: one kernel that projects, rotates and appends to the cache, and one that attends to it. The cache of a
layer is [2, kv heads, context / 4, 4 * dim]: keys in blocks of four positions, [dim, 4], so that a thread reads one component of four keys
as a vector; values as [4, dim], position after position. `start` is a tensor whose length is the number of cached tokens + 1, so that the
position reaches a kernel as a uniform, without an upload."""
from functools import cache

from tvm.script import tirx as T

from .grids import threads_for
from .projections import clear, copy, packed, product, quads_for, read, synchronise

# Threads of a workgroup that attends.
THREADS = 8
# Below any score, and so far below that its exponential is zero.
LOWEST = -3e38


# Every layer asks for it, and to parse it takes long.
@cache
def project_rotate_append(hidden, heads, kv_heads, dim, context, tiles, subgroups, uses, epsilon=1e-5):
    """[q k v] = rmsnorm(x) @ w; q and k rotated; q [n, heads * dim] is returned, k and v go into the cache. Inside a q or k head of w
    the columns are interleaved (d, d + dim/2), so that a rotated pair sits side by side. `uses` times a forward."""
    columns = (heads + 2 * kv_heads) * dim
    quads = quads_for(hidden, columns, tiles, uses)
    threads = threads_for(columns, quads)
    groups = columns // (4 * quads) // threads
    tile = tiles[-1]

    @T.prim_func(private=True, s_tir=True)
    def kernel(
        x_handle: T.handle,
        w: T.Buffer(packed(hidden, columns), "uint32"),
        rope: T.Buffer((context, dim), "float32"),
        cache: T.Buffer((2, kv_heads, context // 4, 4 * dim), "float32"),
        start_handle: T.handle,
        q_handle: T.handle,
    ):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n, start = T.int64(), T.int64()
        x = T.match_buffer(x_handle, (n, hidden), "float32")
        _start = T.match_buffer(start_handle, (start,), "float32")
        q = T.match_buffer(q_handle, (n, heads * dim), "float32")
        for block in T.thread_binding((n + (tile - 1)) // tile, "blockIdx.y"):
            for group in T.thread_binding(groups, "blockIdx.x"):
                for lane in T.thread_binding(threads, "threadIdx.x"):
                    with T.sblock("qkv"):
                        T.reads()
                        T.writes()
                        sums = T.sblock_alloc_buffer((tile * quads, 4), "float32", scope="local")
                        plain = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        angle = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        turned = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        column = T.sblock_alloc_buffer((1,), "int32", scope="local")
                        position = T.sblock_alloc_buffer((1,), "int32", scope="local")
                        product(sums, x, w, hidden, tiles, (group * threads + lane) * quads, block * tile, n, True, epsilon, subgroups, quads)
                        for row in T.serial(T.min(n - block * tile, tile)):
                            position[0] = T.Cast("int32", start - 1 + block * tile + row)
                            for p in T.serial(quads):
                                column[0] = T.Cast("int32", ((group * threads + lane) * quads + p) * 4)
                                for c in T.vectorized(4):
                                    plain[c] = sums[row * quads + p, c]
                                for c in T.vectorized(4):
                                    turned[c] = plain[c]
                                if column[0] < (heads + kv_heads) * dim:
                                    for c in T.vectorized(4):
                                        angle[c] = rope[position[0], column[0] % dim + c]
                                    turned[0] = plain[0] * angle[0] + (T.float32(0) - plain[1]) * angle[1]
                                    turned[1] = plain[1] * angle[0] + plain[0] * angle[1]
                                    turned[2] = plain[2] * angle[2] + (T.float32(0) - plain[3]) * angle[3]
                                    turned[3] = plain[3] * angle[2] + plain[2] * angle[3]
                                if column[0] < heads * dim:
                                    for c in T.vectorized(4):
                                        q[block * tile + row, column[0] + c] = turned[c]
                                else:
                                    if column[0] < (heads + kv_heads) * dim:
                                        for c in T.unroll(4):
                                            cache[
                                                0,
                                                (column[0] - heads * dim) // dim,
                                                position[0] // 4,
                                                (column[0] % dim + c) * 4 + position[0] % 4,
                                            ] = turned[c]
                                    else:
                                        for c in T.unroll(4):
                                            cache[
                                                1,
                                                (column[0] - (heads + kv_heads) * dim) // dim,
                                                position[0] // 4,
                                                (position[0] % 4) * dim + column[0] % dim + c,
                                            ] = turned[c]

    return kernel


def sizes(tile, group, dim, threads):
    """-> queries of a workgroup, and blocks of four of a chunk's keys, or of a head's components, that a thread owns."""
    return tile * group, dim // 4 // threads


@T.inline
def attend_tile(q, cache, out, block, head, lane, n, start, tile, group, dim, threads, queries, blocks, subgroups):
    """out's rows block * tile and on, heads of kv head `head`: softmax(q k / sqrt(dim)) v over the cache, by the `threads` of one workgroup. For
    the scores a thread owns some of a chunk's keys, for the values some of the components. Chunks lie at absolute positions, with an online
    softmax (Milakov, Gimelshein 2018, arXiv 1805.02867), and every sum over keys follows their order, so that a row's result does not depend
    on its neighbours: a masked key adds an exact zero. A chunk has as many keys as a head has components: a query's probabilities lie in `out`
    where its result will. Where `out` is a buffer, that spares the workgroup's own memory, with which an adapter may take long to make a kernel.
    queries, blocks: see sizes()."""
    acc = T.sblock_alloc_buffer((queries * blocks, 4), "float32", scope="local")
    dots = T.sblock_alloc_buffer((queries * blocks, 4), "float32", scope="local")
    # What loops over the queries index; the rest is indexed by constants alone and stays in registers.
    indexed = T.sblock_alloc_buffer((queries * blocks, 4), "float32", scope="local")
    square = T.sblock_alloc_buffer((4, 4), "float32", scope="local")
    vector = T.sblock_alloc_buffer((4,), "float32", scope="local")
    xs = T.sblock_alloc_buffer((queries, 4), "float32", scope="local")
    own = T.sblock_alloc_buffer((1,), "float32", scope="local")
    top = T.sblock_alloc_buffer((queries,), "float32", scope="local")
    decay = T.sblock_alloc_buffer((queries,), "float32", scope="local")
    total = T.sblock_alloc_buffer((queries,), "float32", scope="local")
    best = T.sblock_alloc_buffer((1,), "float32", scope="local")
    seen = T.sblock_alloc_buffer((1,), "int32", scope="local")
    last = T.sblock_alloc_buffer((1,), "int32", scope="local")
    keys = T.sblock_alloc_buffer((4,), "int32", scope="local")
    tops = T.sblock_alloc_buffer((queries * threads,), "float32", scope="shared")
    # The last key that any query of the tile may see.
    last[0] = T.Cast("int32", start - 1 + T.min(block * tile + (tile - 1), n - 1))
    clear(acc, queries * blocks)
    for r in T.unroll(queries):
        total[r] = T.float32(0)
    for r in T.serial(queries):
        top[r] = T.float32(LOWEST)
    for chunk in T.serial((start + T.min(block * tile + (tile - 1), n - 1) + (dim - 1)) // dim):
        clear(dots, queries * blocks)
        for i in T.serial(dim // 4):
            for r in T.unroll(queries):
                read(xs, r, own, q, T.min(block * tile + r // group, n - 1), (head * group + r % group) * (dim // 4) + i, subgroups)
            for b in T.unroll(blocks):
                for u in T.unroll(4):
                    for c in T.vectorized(4):
                        square[u, c] = cache[0, head, chunk * (dim // 4) + lane * blocks + b, (i * 4 + u) * 4 + c]
                for r in T.unroll(queries):
                    for c in T.vectorized(4):
                        dots[r * blocks + b, c] = xs[r, 3] * square[3, c] + (
                            xs[r, 2] * square[2, c] + (xs[r, 1] * square[1, c] + (xs[r, 0] * square[0, c] + dots[r * blocks + b, c]))
                        )
        copy(dots, indexed, queries * blocks)
        for r in T.serial(queries):
            # Keys of this chunk that the query may see.
            seen[0] = T.Cast("int32", start + T.min(block * tile + r // group, n - 1) - chunk * dim)
            best[0] = T.float32(LOWEST)
            for b in T.serial(blocks):
                for c in T.vectorized(4):
                    vector[c] = T.Select((lane * blocks + b) * 4 + c < seen[0], indexed[r * blocks + b, c] * T.float32(dim**-0.5), T.float32(LOWEST))
                for c in T.unroll(4):
                    best[0] = T.max(best[0], vector[c])
                for c in T.vectorized(4):
                    indexed[r * blocks + b, c] = vector[c]
            tops[r * threads + lane] = best[0]
        synchronise()
        for r in T.serial(queries):
            best[0] = top[r]
            for t in T.serial(threads // 4):
                for c in T.vectorized(4):
                    vector[c] = tops[r * threads + t * 4 + c]
                for c in T.unroll(4):
                    best[0] = T.max(best[0], vector[c])
            decay[r] = T.exp(top[r] - best[0])
            top[r] = best[0]
            for b in T.serial(blocks):
                for c in T.vectorized(4):
                    vector[c] = T.exp(indexed[r * blocks + b, c] - best[0])
                for c in T.vectorized(4):
                    out[T.min(block * tile + r // group, n - 1), (head * group + r % group) * dim + (lane * blocks + b) * 4 + c] = vector[c]
        for r in T.unroll(queries):
            total[r] = total[r] * decay[r]
            for b in T.unroll(blocks):
                for c in T.vectorized(4):
                    acc[r * blocks + b, c] = acc[r * blocks + b, c] * decay[r]
        synchronise()
        for j in T.serial(T.min((start + T.min(block * tile + (tile - 1), n - 1) - chunk * dim + 3) // 4, dim // 4)):
            # Memory after the last key holds values of an earlier run, and zero times such a value need not be zero.
            for u in T.unroll(4):
                keys[u] = T.min(T.Cast("int32", chunk * dim + j * 4 + u), last[0])
            for r in T.unroll(queries):
                read(xs, r, own, out, T.min(block * tile + r // group, n - 1), (head * group + r % group) * (dim // 4) + j, subgroups)
                total[r] = (((total[r] + xs[r, 0]) + xs[r, 1]) + xs[r, 2]) + xs[r, 3]
            for b in T.unroll(blocks):
                for u in T.unroll(4):
                    for c in T.vectorized(4):
                        square[u, c] = cache[1, head, keys[u] // 4, keys[u] % 4 * dim + (lane * blocks + b) * 4 + c]
                for r in T.unroll(queries):
                    for c in T.vectorized(4):
                        acc[r * blocks + b, c] = xs[r, 3] * square[3, c] + (
                            xs[r, 2] * square[2, c] + (xs[r, 1] * square[1, c] + (xs[r, 0] * square[0, c] + acc[r * blocks + b, c]))
                        )
    synchronise()
    copy(acc, indexed, queries * blocks)
    for r in T.unroll(queries):
        decay[r] = total[r]
    for r in T.serial(T.min(tile, n - block * tile) * group):
        for b in T.serial(blocks):
            for c in T.vectorized(4):
                vector[c] = indexed[r * blocks + b, c] / decay[r]
            for c in T.vectorized(4):
                out[block * tile + r // group, (head * group + r % group) * dim + (lane * blocks + b) * 4 + c] = vector[c]


# Every layer asks for it, and to parse it takes long.
@cache
def attend(heads, kv_heads, dim, context, tile, subgroups):
    """attend_tile for q [n, heads * dim]: one workgroup a kv head and tile of rows."""
    group = heads // kv_heads
    queries, blocks = sizes(tile, group, dim, THREADS)

    @T.prim_func(private=True, s_tir=True)
    def kernel(
        q_handle: T.handle,
        cache: T.Buffer((2, kv_heads, context // 4, 4 * dim), "float32"),
        start_handle: T.handle,
        out_handle: T.handle,
    ):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n, start = T.int64(), T.int64()
        q = T.match_buffer(q_handle, (n, heads * dim), "float32")
        _start = T.match_buffer(start_handle, (start,), "float32")
        out = T.match_buffer(out_handle, (n, heads * dim), "float32")
        for block in T.thread_binding((n + (tile - 1)) // tile, "blockIdx.y"):
            for head in T.thread_binding(kv_heads, "blockIdx.x"):
                for lane in T.thread_binding(THREADS, "threadIdx.x"):
                    with T.sblock("attend"):
                        T.reads()
                        T.writes()
                        attend_tile(q, cache, out, block, head, lane, n, start, tile, group, dim, THREADS, queries, blocks, subgroups)

    return kernel
