"""Matrix products for a few rows. Weights are bfloat16, packed so that one word holds two rows of one column and a thread reads the 4 x 4 block
of four inner and four outer places side by side: [inner / 4, columns / 4, 2, 4] words (layout.py). A thread owns QUADS blocks of four columns
and `tile` rows in registers. Every output is one serial chain of fma over the inner dimension, whatever the number of rows, so that decode,
verification and prefill give the same bits."""
from tvm.script import tirx as T

# Columns of a thread, in blocks of four: what is read of a row serves them all.
QUADS = 2


def threads_for(columns):
    """Threads of a workgroup: 32, but never one workgroup alone, which would leave all other cores idle."""
    return min(32, columns // (4 * QUADS) // 2)


@T.inline
def clear(accumulator, rows):
    for i in T.unroll(rows):
        for c in T.vectorized(4):
            accumulator[i, c] = T.float32(0)


@T.inline
def multiply(accumulator, square, weight, words, xs, w, x, inner, tile, quad, row, rows, norm):
    """accumulator[r * QUADS + q] += x[row + r] @ w's block column quad + q; square[r] += x[row + r]^2 in four strands if `norm`."""
    for k in T.serial(inner // 4):
        for q in T.unroll(QUADS):
            for pair in T.unroll(2):
                for c in T.vectorized(4):
                    words[c] = w[k, quad + q, pair, c]
                for c in T.vectorized(4):
                    weight[q * 4 + pair * 2, c] = T.reinterpret("float32", words[c] << T.uint32(16))
                for c in T.vectorized(4):
                    weight[q * 4 + pair * 2 + 1, c] = T.reinterpret("float32", words[c] & T.uint32(0xFFFF0000))
        for r in T.unroll(tile):
            for c in T.vectorized(4):
                xs[c] = x[T.min(row + r, rows - 1), k * 4 + c]
            if norm:
                for c in T.vectorized(4):
                    square[r, c] = square[r, c] + xs[c] * xs[c]
            for q in T.unroll(QUADS):
                for c in T.vectorized(4):
                    accumulator[r * QUADS + q, c] = xs[3] * weight[q * 4 + 3, c] + (
                        xs[2] * weight[q * 4 + 2, c] + (xs[1] * weight[q * 4 + 1, c] + (xs[0] * weight[q * 4, c] + accumulator[r * QUADS + q, c]))
                    )


@T.inline
def normalise(accumulator, square, scale, r, inner, epsilon):
    """Divides a row's outputs by the root mean square of its inputs (RMSNorm, Zhang and Sennrich 2019; its weight is folded into w)."""
    scale[0] = T.rsqrt((((square[r, 0] + square[r, 1]) + square[r, 2]) + square[r, 3]) * T.float32(1 / inner) + T.float32(epsilon))
    for q in T.unroll(QUADS):
        for c in T.vectorized(4):
            accumulator[r * QUADS + q, c] = accumulator[r * QUADS + q, c] * scale[0]


def matmul(inner, columns, tile, norm=False, residual=False, last=False, epsilon=1e-5):
    """y = [rmsnorm](x) @ w [+ r] for x [n, inner], w [inner, columns]. With `last`, only the last row."""
    threads = threads_for(columns)
    groups = columns // (4 * QUADS) // threads

    @T.prim_func(private=True, s_tir=True)
    def kernel(x_handle: T.handle, w: T.Buffer((inner // 4, columns // 4, 2, 4), "uint32"), r_handle: T.handle, y_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n = T.int64()
        x = T.match_buffer(x_handle, (n, inner), "float32")
        r = T.match_buffer(r_handle, (n, columns if residual else inner), "float32")
        y = T.match_buffer(y_handle, (1 if last else n, columns), "float32")
        for block in T.thread_binding(T.int64(1) if last else (n + (tile - 1)) // tile, "blockIdx.y"):
            for group in T.thread_binding(groups, "blockIdx.x"):
                for lane in T.thread_binding(threads, "threadIdx.x"):
                    with T.sblock("matmul"):
                        T.reads()
                        T.writes()
                        acc = T.sblock_alloc_buffer((tile * QUADS, 4), "float32", scope="local")
                        square = T.sblock_alloc_buffer((tile, 4), "float32", scope="local")
                        weight = T.sblock_alloc_buffer((4 * QUADS, 4), "float32", scope="local")
                        words = T.sblock_alloc_buffer((4,), "uint32", scope="local")
                        xs = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        scale = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        clear(acc, tile * QUADS)
                        if norm:
                            clear(square, tile)
                        multiply(
                            acc, square, weight, words, xs, w, x, inner, tile, (group * threads + lane) * QUADS, n - 1 if last else block * tile, n, norm
                        )
                        for row in T.unroll(tile):
                            if last or block * tile + row < n:
                                if norm:
                                    normalise(acc, square, scale, row, inner, epsilon)
                                for q in T.unroll(QUADS):
                                    if residual:
                                        for c in T.vectorized(4):
                                            xs[c] = r[block * tile + row, ((group * threads + lane) * QUADS + q) * 4 + c]
                                        for c in T.vectorized(4):
                                            acc[row * QUADS + q, c] = acc[row * QUADS + q, c] + xs[c]
                                    for c in T.vectorized(4):
                                        y[block * tile + row, ((group * threads + lane) * QUADS + q) * 4 + c] = acc[row * QUADS + q, c]

    return kernel


def gated(inner, columns, tile, epsilon=1e-5):
    """y = silu(g) * u with [g u] = rmsnorm(x) @ w, for x [n, inner]; w's columns are blocks of four of g and of u in turns."""
    threads = threads_for(2 * columns)
    groups = 2 * columns // (4 * QUADS) // threads

    @T.prim_func(private=True, s_tir=True)
    def kernel(x_handle: T.handle, w: T.Buffer((inner // 4, 2 * columns // 4, 2, 4), "uint32"), y_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n = T.int64()
        x = T.match_buffer(x_handle, (n, inner), "float32")
        y = T.match_buffer(y_handle, (n, columns), "float32")
        for block in T.thread_binding((n + (tile - 1)) // tile, "blockIdx.y"):
            for group in T.thread_binding(groups, "blockIdx.x"):
                for lane in T.thread_binding(threads, "threadIdx.x"):
                    with T.sblock("gated"):
                        T.reads()
                        T.writes()
                        acc = T.sblock_alloc_buffer((tile * QUADS, 4), "float32", scope="local")
                        square = T.sblock_alloc_buffer((tile, 4), "float32", scope="local")
                        weight = T.sblock_alloc_buffer((4 * QUADS, 4), "float32", scope="local")
                        words = T.sblock_alloc_buffer((4,), "uint32", scope="local")
                        xs = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        scale = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        clear(acc, tile * QUADS)
                        clear(square, tile)
                        multiply(acc, square, weight, words, xs, w, x, inner, tile, (group * threads + lane) * QUADS, block * tile, n, True)
                        for row in T.unroll(tile):
                            if block * tile + row < n:
                                normalise(acc, square, scale, row, inner, epsilon)
                                for q in T.unroll(QUADS // 2):
                                    for c in T.vectorized(4):
                                        xs[c] = T.exp(T.float32(0) - acc[row * QUADS + 2 * q, c])
                                    for c in T.vectorized(4):
                                        xs[c] = acc[row * QUADS + 2 * q, c] / (xs[c] + T.float32(1)) * acc[row * QUADS + 2 * q + 1, c]
                                    for c in T.vectorized(4):
                                        y[block * tile + row, ((group * threads + lane) * (QUADS // 2) + q) * 4 + c] = xs[c]

    return kernel


def gather(vocabulary, hidden):
    """ids int32 [n] -> rows of w [vocabulary, hidden]; an id outside reads the nearest row instead of foreign memory."""

    @T.prim_func(private=True, s_tir=True)
    def kernel(ids_handle: T.handle, w: T.Buffer((vocabulary, hidden), "float32"), y_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n = T.int64()
        ids = T.match_buffer(ids_handle, (n,), "int32")
        y = T.match_buffer(y_handle, (n, hidden), "float32")
        for row in T.thread_binding(n, "blockIdx.x"):
            for lane in T.thread_binding(hidden // 4, "threadIdx.x"):
                with T.sblock("gather"):
                    T.reads()
                    T.writes()
                    for c in T.vectorized(4):
                        y[row, lane * 4 + c] = w[T.max(T.min(ids[row], vocabulary - 1), 0), lane * 4 + c]

    return kernel
