"""The attention half of a layer: one kernel that projects, rotates and appends to the cache, and one that attends to it. The cache of a
layer is [2, kv heads, context / 4, 4 * dim]: keys in blocks of four positions, [dim, 4], so that a thread reads one component of four keys
as a vector; values as [4, dim], position after position. `start` is a tensor whose length is the number of cached tokens + 1, so that the
position reaches a kernel as a uniform, without an upload."""
from tvm.script import tirx as T

from .projections import QUADS, clear, multiply, normalise, threads_for


def project_rotate_append(hidden, heads, kv_heads, dim, context, tile, epsilon=1e-5):
    """[q k v] = rmsnorm(x) @ w; q and k rotated; q [n, heads * dim] is returned, k and v go into the cache. Inside a q or k head of w
    the columns are interleaved (d, d + dim/2), so that a rotated pair sits side by side."""
    columns = (heads + 2 * kv_heads) * dim
    threads = threads_for(columns)
    groups = columns // (4 * QUADS) // threads

    @T.prim_func(private=True, s_tir=True)
    def kernel(
        x_handle: T.handle,
        w: T.Buffer((hidden // 4, columns // 4, 2, 4), "uint32"),
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
                        acc = T.sblock_alloc_buffer((tile * QUADS, 4), "float32", scope="local")
                        square = T.sblock_alloc_buffer((tile, 4), "float32", scope="local")
                        weight = T.sblock_alloc_buffer((4 * QUADS, 4), "float32", scope="local")
                        words = T.sblock_alloc_buffer((4,), "uint32", scope="local")
                        xs = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        angle = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        turned = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        scale = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        column = T.sblock_alloc_buffer((tile * QUADS,), "int32", scope="local")
                        position = T.sblock_alloc_buffer((tile,), "int32", scope="local")
                        clear(acc, tile * QUADS)
                        clear(square, tile)
                        multiply(acc, square, weight, words, xs, w, x, hidden, tile, (group * threads + lane) * QUADS, block * tile, n, True)
                        for row in T.unroll(tile):
                            if block * tile + row < n:
                                normalise(acc, square, scale, row, hidden, epsilon)
                                # One place a row and a quad each: TVM takes an index in a variable that changes for the same expression.
                                position[row] = T.Cast("int32", start - 1 + block * tile + row)
                                for p in T.unroll(QUADS):
                                    column[row * QUADS + p] = ((group * threads + lane) * QUADS + p) * 4
                                    for c in T.vectorized(4):
                                        turned[c] = acc[row * QUADS + p, c]
                                    if column[row * QUADS + p] < (heads + kv_heads) * dim:
                                        for c in T.vectorized(4):
                                            angle[c] = rope[position[row], column[row * QUADS + p] % dim + c]
                                        for c in T.vectorized(4):
                                            xs[c] = turned[c]
                                        turned[0] = xs[0] * angle[0] + (T.float32(0) - xs[1]) * angle[1]
                                        turned[1] = xs[1] * angle[0] + xs[0] * angle[1]
                                        turned[2] = xs[2] * angle[2] + (T.float32(0) - xs[3]) * angle[3]
                                        turned[3] = xs[3] * angle[2] + xs[2] * angle[3]
                                    if column[row * QUADS + p] < heads * dim:
                                        for c in T.vectorized(4):
                                            q[block * tile + row, column[row * QUADS + p] + c] = turned[c]
                                    else:
                                        if column[row * QUADS + p] < (heads + kv_heads) * dim:
                                            for c in T.unroll(4):
                                                cache[
                                                    0,
                                                    (column[row * QUADS + p] - heads * dim) // dim,
                                                    position[row] // 4,
                                                    (column[row * QUADS + p] % dim + c) * 4 + position[row] % 4,
                                                ] = turned[c]
                                        else:
                                            for c in T.unroll(4):
                                                cache[
                                                    1,
                                                    (column[row * QUADS + p] - (heads + kv_heads) * dim) // dim,
                                                    position[row] // 4,
                                                    (position[row] % 4) * dim + column[row * QUADS + p] % dim + c,
                                                ] = turned[c]

    return kernel


def sizes(tile, group, dim, threads):
    """-> queries of a workgroup, blocks of four that a thread owns, and turns of the threads over the queries."""
    return tile * group, dim // 4 // threads, -(-tile * group // threads)


@T.inline
def attend_tile(q, cache, out, block, head, lane, n, start, tile, group, dim, threads, queries, blocks, turns):
    """out's rows block * tile and on, heads of kv head `head`: softmax(q k / sqrt(dim)) v over the cache, by the `threads` of one workgroup. For
    the scores a thread owns some of a chunk's keys, for the values some of the components, each in blocks of four; keys in chunks at absolute
    positions with an online softmax (Milakov, Gimelshein 2018, arXiv 1805.02867), so that a row's result does not depend on its neighbours: a
    masked key adds an exact zero. A chunk has as many keys as a head has components. queries, blocks and turns: see sizes()."""
    acc = T.sblock_alloc_buffer((queries * blocks, 4), "float32", scope="local")
    dots = T.sblock_alloc_buffer((queries * blocks, 4), "float32", scope="local")
    square = T.sblock_alloc_buffer((4 * blocks, 4), "float32", scope="local")
    vector = T.sblock_alloc_buffer((4,), "float32", scope="local")
    top = T.sblock_alloc_buffer((turns,), "float32", scope="local")
    total = T.sblock_alloc_buffer((turns,), "float32", scope="local")
    new_top = T.sblock_alloc_buffer((1,), "float32", scope="local")
    seen = T.sblock_alloc_buffer((1,), "int32", scope="local")
    power = T.sblock_alloc_buffer((1,), "float32", scope="local")
    # Separate from the probabilities: no barrier may stand between a read and a write in one condition.
    scores = T.sblock_alloc_buffer((queries * dim,), "float32", scope="shared")
    probabilities = T.sblock_alloc_buffer((queries * dim,), "float32", scope="shared")
    totals = T.sblock_alloc_buffer((queries,), "float32", scope="shared")
    decay = T.sblock_alloc_buffer((queries,), "float32", scope="shared")
    clear(acc, queries * blocks)
    for turn in T.unroll(turns):
        top[turn] = T.float32(-3e38)
        total[turn] = T.float32(0)
    for chunk in T.serial((start + T.min(block * tile + (tile - 1), n - 1) + (dim - 1)) // dim):
        clear(dots, queries * blocks)
        for i in T.serial(dim // 4):
            for b in T.unroll(blocks):
                for u in T.unroll(4):
                    for c in T.vectorized(4):
                        square[b * 4 + u, c] = cache[0, head, chunk * (dim // 4) + lane * blocks + b, (i * 4 + u) * 4 + c]
            for r in T.unroll(queries):
                for c in T.vectorized(4):
                    vector[c] = q[T.min(block * tile + r // group, n - 1), (head * group + r % group) * dim + i * 4 + c]
                for b in T.unroll(blocks):
                    for c in T.vectorized(4):
                        dots[r * blocks + b, c] = vector[3] * square[b * 4 + 3, c] + (
                            vector[2] * square[b * 4 + 2, c]
                            + (vector[1] * square[b * 4 + 1, c] + (vector[0] * square[b * 4, c] + dots[r * blocks + b, c]))
                        )
        for r in T.unroll(queries):
            for b in T.unroll(blocks):
                for c in T.vectorized(4):
                    scores[r * dim + (lane * blocks + b) * 4 + c] = dots[r * blocks + b, c] * T.float32(dim**-0.5)
        T.tvm_storage_sync("shared")
        for turn in T.unroll(turns):
            if turn * threads + lane < queries:
                # Keys of this chunk that the query may see; the others count as an exact zero.
                seen[0] = T.Cast(
                    "int32", T.max(T.min(start + T.min(block * tile + (turn * threads + lane) // group, n - 1) - chunk * dim, dim), 0)
                )
                new_top[0] = top[turn]
                for j in T.serial(seen[0]):
                    new_top[0] = T.max(new_top[0], scores[(turn * threads + lane) * dim + j])
                power[0] = T.exp(top[turn] - new_top[0])
                decay[turn * threads + lane] = power[0]
                total[turn] = total[turn] * power[0]
                top[turn] = new_top[0]
                for j in T.serial(dim):
                    power[0] = T.Select(j < seen[0], T.exp(scores[(turn * threads + lane) * dim + j] - new_top[0]), T.float32(0))
                    probabilities[(turn * threads + lane) * dim + j] = power[0]
                    total[turn] = total[turn] + power[0]
        T.tvm_storage_sync("shared")
        for r in T.unroll(queries):
            for b in T.unroll(blocks):
                for c in T.vectorized(4):
                    acc[r * blocks + b, c] = acc[r * blocks + b, c] * decay[r]
        for j in T.serial(dim // 4):
            # What lies behind the last key is left from an earlier run, and zero times that need not be zero.
            for u in T.unroll(4):
                for b in T.unroll(blocks):
                    for c in T.vectorized(4):
                        square[b * 4 + u, c] = cache[
                            1,
                            head,
                            T.min(chunk * dim + j * 4 + u, start - 1 + T.min(block * tile + (tile - 1), n - 1)) // 4,
                            T.min(chunk * dim + j * 4 + u, start - 1 + T.min(block * tile + (tile - 1), n - 1)) % 4 * dim
                            + (lane * blocks + b) * 4
                            + c,
                        ]
            for r in T.unroll(queries):
                for c in T.vectorized(4):
                    vector[c] = probabilities[r * dim + j * 4 + c]
                for b in T.unroll(blocks):
                    for c in T.vectorized(4):
                        acc[r * blocks + b, c] = vector[3] * square[b * 4 + 3, c] + (
                            vector[2] * square[b * 4 + 2, c]
                            + (vector[1] * square[b * 4 + 1, c] + (vector[0] * square[b * 4, c] + acc[r * blocks + b, c]))
                        )
        T.tvm_storage_sync("shared")
    for turn in T.unroll(turns):
        if turn * threads + lane < queries:
            totals[turn * threads + lane] = total[turn]
    T.tvm_storage_sync("shared")
    for r in T.unroll(queries):
        if block * tile + r // group < n:
            for b in T.unroll(blocks):
                for c in T.vectorized(4):
                    acc[r * blocks + b, c] = acc[r * blocks + b, c] / totals[r]
                for c in T.vectorized(4):
                    out[block * tile + r // group, (head * group + r % group) * dim + (lane * blocks + b) * 4 + c] = acc[
                        r * blocks + b, c
                    ]


def attend(heads, kv_heads, dim, context, tile, threads=8):
    """attend_tile for q [n, heads * dim]: one workgroup a kv head and tile of rows."""
    group = heads // kv_heads
    queries, blocks, turns = sizes(tile, group, dim, threads)

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
                for lane in T.thread_binding(threads, "threadIdx.x"):
                    with T.sblock("attend"):
                        T.reads()
                        T.writes()
                        attend_tile(q, cache, out, block, head, lane, n, start, tile, group, dim, threads, queries, blocks, turns)

    return kernel
