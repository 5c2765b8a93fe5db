"""The attention half of a layer: one kernel that projects, rotates and appends to the cache, and one that attends to it. The cache of a
layer is [2, kv heads, context, dim], keys then values; `start` is a tensor whose length is the number of cached tokens + 1, so that
the position reaches a kernel as a uniform, without an upload."""
from tvm.script import tirx as T

from .projections import THREADS


def project_rotate_append(hidden, heads, kv_heads, dim, context, tile, epsilon=1e-5):
    """[q k v] = rmsnorm(x) @ w; q and k rotated; q [n, heads * dim] is returned, k and v go into the cache. Inside a q or k head of w
    the columns are interleaved (d, d + dim/2), so that a rotated pair sits side by side."""
    columns = (heads + 2 * kv_heads) * dim
    groups = columns // 4 // THREADS
    inverse = 1.0 / hidden

    @T.prim_func(private=True, s_tir=True)
    def kernel(
        x_handle: T.handle,
        w: T.Buffer((hidden, columns), "float32"),
        rope: T.Buffer((context, dim), "float32"),
        cache: T.Buffer((2, kv_heads, context, dim), "float32"),
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
                for lane in T.thread_binding(THREADS, "threadIdx.x"):
                    with T.sblock("qkv"):
                        T.reads()
                        T.writes()
                        acc = T.sblock_alloc_buffer((tile, 4), "float32", scope="local")
                        square = T.sblock_alloc_buffer((tile, 4), "float32", scope="local")
                        weight = T.sblock_alloc_buffer((4, 4), "float32", scope="local")
                        xs = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        angle = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        turned = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        scale = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        for row in T.unroll(tile):
                            for c in T.vectorized(4):
                                acc[row, c] = T.float32(0)
                            for c in T.vectorized(4):
                                square[row, c] = T.float32(0)
                        for k in T.serial(hidden // 4):
                            for u in T.unroll(4):
                                for c in T.vectorized(4):
                                    weight[u, c] = w[k * 4 + u, (group * THREADS + lane) * 4 + c]
                            for row in T.unroll(tile):
                                for c in T.vectorized(4):
                                    xs[c] = x[T.min(block * tile + row, n - 1), k * 4 + c]
                                for c in T.vectorized(4):
                                    square[row, c] = square[row, c] + xs[c] * xs[c]
                                for c in T.vectorized(4):
                                    acc[row, c] = xs[3] * weight[3, c] + (
                                        xs[2] * weight[2, c] + (xs[1] * weight[1, c] + (xs[0] * weight[0, c] + acc[row, c]))
                                    )
                        for row in T.unroll(tile):
                            if block * tile + row < n:
                                scale[0] = T.rsqrt(
                                    (((square[row, 0] + square[row, 1]) + square[row, 2]) + square[row, 3]) * T.float32(inverse)
                                    + T.float32(epsilon)
                                )
                                for c in T.vectorized(4):
                                    acc[row, c] = acc[row, c] * scale[0]
                                if (group * THREADS + lane) * 4 < (heads + kv_heads) * dim:
                                    for c in T.vectorized(4):
                                        angle[c] = rope[start - 1 + block * tile + row, ((group * THREADS + lane) * 4) % dim + c]
                                    turned[0] = acc[row, 0] * angle[0] + (T.float32(0) - acc[row, 1]) * angle[1]
                                    turned[1] = acc[row, 1] * angle[0] + acc[row, 0] * angle[1]
                                    turned[2] = acc[row, 2] * angle[2] + (T.float32(0) - acc[row, 3]) * angle[3]
                                    turned[3] = acc[row, 3] * angle[2] + acc[row, 2] * angle[3]
                                    if (group * THREADS + lane) * 4 < heads * dim:
                                        for c in T.vectorized(4):
                                            q[block * tile + row, (group * THREADS + lane) * 4 + c] = turned[c]
                                    else:
                                        for c in T.vectorized(4):
                                            cache[
                                                0,
                                                ((group * THREADS + lane) * 4 - heads * dim) // dim,
                                                start - 1 + block * tile + row,
                                                ((group * THREADS + lane) * 4) % dim + c,
                                            ] = turned[c]
                                else:
                                    for c in T.vectorized(4):
                                        cache[
                                            1,
                                            ((group * THREADS + lane) * 4 - (heads + kv_heads) * dim) // dim,
                                            start - 1 + block * tile + row,
                                            ((group * THREADS + lane) * 4) % dim + c,
                                        ] = acc[row, c]

    return kernel


def attend(heads, kv_heads, dim, context, tile, keys_a_thread=4):
    """softmax(q k / sqrt(dim)) v for q [n, heads * dim] over the cache, causal. One workgroup a kv head and tile of rows; keys in chunks
    at absolute positions with an online softmax (Milakov, Gimelshein 2018, arXiv 1805.02867), so that a row's result does not depend
    on its neighbours: a masked key adds an exact zero."""
    threads = dim // 4
    group = heads // kv_heads
    queries = tile * group
    chunk = threads * keys_a_thread
    scale = dim**-0.5

    @T.prim_func(private=True, s_tir=True)
    def kernel(q_handle: T.handle, cache: T.Buffer((2, kv_heads, context, dim), "float32"), start_handle: T.handle, out_handle: T.handle):
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
                        dots = T.sblock_alloc_buffer((queries, 4), "float32", scope="local")
                        acc = T.sblock_alloc_buffer((queries, 4), "float32", scope="local")
                        vector = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        query = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        top = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        new_top = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        power = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        total = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        # Separate from the probabilities: no barrier may stand between a read and a write in one condition.
                        scores = T.sblock_alloc_buffer((queries * chunk,), "float32", scope="shared")
                        probabilities = T.sblock_alloc_buffer((queries * chunk,), "float32", scope="shared")
                        totals = T.sblock_alloc_buffer((queries,), "float32", scope="shared")
                        decay = T.sblock_alloc_buffer((queries,), "float32", scope="shared")
                        for r in T.unroll(queries):
                            for c in T.vectorized(4):
                                acc[r, c] = T.float32(0)
                        top[0] = T.float32(-3e38)
                        total[0] = T.float32(0)
                        for piece in T.serial((start + T.min(block * tile + (tile - 1), n - 1) + (chunk - 1)) // chunk):
                            for m in T.serial(keys_a_thread):
                                for r in T.unroll(queries):
                                    for c in T.vectorized(4):
                                        dots[r, c] = T.float32(0)
                                for i in T.serial(dim // 4):
                                    for c in T.vectorized(4):
                                        vector[c] = cache[
                                            0,
                                            head,
                                            T.min(piece * chunk + m * threads + lane, start - 1 + T.min(block * tile + (tile - 1), n - 1)),
                                            i * 4 + c,
                                        ]
                                    for r in T.unroll(queries):
                                        for c in T.vectorized(4):
                                            query[c] = q[T.min(block * tile + r // group, n - 1), (head * group + r % group) * dim + i * 4 + c]
                                        for c in T.vectorized(4):
                                            dots[r, c] = dots[r, c] + query[c] * vector[c]
                                for r in T.unroll(queries):
                                    scores[r * chunk + m * threads + lane] = T.Select(
                                        piece * chunk + m * threads + lane < start + T.min(block * tile + r // group, n - 1),
                                        (((dots[r, 0] + dots[r, 1]) + dots[r, 2]) + dots[r, 3]) * T.float32(scale),
                                        T.float32(-3e38),
                                    )
                            T.tvm_storage_sync("shared")
                            if lane < queries:
                                new_top[0] = top[0]
                                for j in T.serial(chunk):
                                    new_top[0] = T.max(new_top[0], scores[lane * chunk + j])
                                power[0] = T.exp(top[0] - new_top[0])
                                decay[lane] = power[0]
                                total[0] = total[0] * power[0]
                                top[0] = new_top[0]
                                for j in T.serial(chunk):
                                    power[0] = T.exp(scores[lane * chunk + j] - new_top[0])
                                    probabilities[lane * chunk + j] = power[0]
                                    total[0] = total[0] + power[0]
                            T.tvm_storage_sync("shared")
                            for r in T.unroll(queries):
                                for c in T.vectorized(4):
                                    acc[r, c] = acc[r, c] * decay[r]
                            for j in T.serial(chunk):
                                for c in T.vectorized(4):
                                    vector[c] = cache[
                                        1, head, T.min(piece * chunk + j, start - 1 + T.min(block * tile + (tile - 1), n - 1)), lane * 4 + c
                                    ]
                                for r in T.unroll(queries):
                                    for c in T.vectorized(4):
                                        acc[r, c] = probabilities[r * chunk + j] * vector[c] + acc[r, c]
                            T.tvm_storage_sync("shared")
                        if lane < queries:
                            totals[lane] = total[0]
                        T.tvm_storage_sync("shared")
                        for r in T.unroll(queries):
                            if block * tile + r // group < n:
                                for c in T.vectorized(4):
                                    acc[r, c] = acc[r, c] / totals[r]
                                for c in T.vectorized(4):
                                    out[block * tile + r // group, (head * group + r % group) * dim + lane * 4 + c] = acc[r, c]

    return kernel
