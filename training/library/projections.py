"""Matrix products for a few rows. One thread owns four output columns and `tile` rows in registers; weights are [in, out], so that
neighbouring threads read neighbouring words, once for all rows of the tile. Every output is one serial chain of fma over k, whatever
the number of rows, so that decode, verification and prefill give the same bits."""
from tvm.script import tirx as T

# Threads of a workgroup. With 64, a product of 256 columns would be a single workgroup, and one of two cores would idle.
THREADS = 32


def matmul(inner, columns, tile, norm=False, residual=False, last=False, epsilon=1e-5):
    """y = [rmsnorm](x) @ w [+ r] for x [n, inner], w [inner, columns]; the norm's weight is folded into w. With `last`, only the last row."""
    groups = columns // 4 // THREADS
    inverse = 1.0 / inner

    @T.prim_func(private=True, s_tir=True)
    def kernel(x_handle: T.handle, w: T.Buffer((inner, columns), "float32"), r_handle: T.handle, y_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n = T.int64()
        x = T.match_buffer(x_handle, (n, inner), "float32")
        r = T.match_buffer(r_handle, (n, columns if residual else inner), "float32")
        y = T.match_buffer(y_handle, (1 if last else n, columns), "float32")
        for block in T.thread_binding(T.int64(1) if last else (n + (tile - 1)) // tile, "blockIdx.y"):
            for group in T.thread_binding(groups, "blockIdx.x"):
                for lane in T.thread_binding(THREADS, "threadIdx.x"):
                    with T.sblock("matmul"):
                        T.reads()
                        T.writes()
                        acc = T.sblock_alloc_buffer((tile, 4), "float32", scope="local")
                        square = T.sblock_alloc_buffer((tile, 4), "float32", scope="local")
                        weight = T.sblock_alloc_buffer((4, 4), "float32", scope="local")
                        xs = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        scale = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        for row in T.unroll(tile):
                            for c in T.vectorized(4):
                                acc[row, c] = T.float32(0)
                            if norm:
                                for c in T.vectorized(4):
                                    square[row, c] = T.float32(0)
                        for k in T.serial(inner // 4):
                            for u in T.unroll(4):
                                for c in T.vectorized(4):
                                    weight[u, c] = w[k * 4 + u, (group * THREADS + lane) * 4 + c]
                            for row in T.unroll(tile):
                                for c in T.vectorized(4):
                                    xs[c] = x[n - 1 if last else T.min(block * tile + row, n - 1), k * 4 + c]
                                if norm:
                                    for c in T.vectorized(4):
                                        square[row, c] = square[row, c] + xs[c] * xs[c]
                                for c in T.vectorized(4):
                                    acc[row, c] = xs[3] * weight[3, c] + (
                                        xs[2] * weight[2, c] + (xs[1] * weight[1, c] + (xs[0] * weight[0, c] + acc[row, c]))
                                    )
                        for row in T.unroll(tile):
                            if last or block * tile + row < n:
                                if norm:
                                    scale[0] = T.rsqrt(
                                        (((square[row, 0] + square[row, 1]) + square[row, 2]) + square[row, 3]) * T.float32(inverse)
                                        + T.float32(epsilon)
                                    )
                                    for c in T.vectorized(4):
                                        acc[row, c] = acc[row, c] * scale[0]
                                if residual:
                                    for c in T.vectorized(4):
                                        xs[c] = r[block * tile + row, (group * THREADS + lane) * 4 + c]
                                    for c in T.vectorized(4):
                                        acc[row, c] = acc[row, c] + xs[c]
                                for c in T.vectorized(4):
                                    y[block * tile + row, (group * THREADS + lane) * 4 + c] = acc[row, c]

    return kernel


def gated(inner, columns, tile, epsilon=1e-5):
    """y = silu(g) * u with [g u] = rmsnorm(x) @ w, for x [n, inner], w [inner, 2 columns]."""
    groups = columns // 4 // THREADS
    inverse = 1.0 / inner

    @T.prim_func(private=True, s_tir=True)
    def kernel(x_handle: T.handle, w: T.Buffer((inner, 2 * columns), "float32"), y_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n = T.int64()
        x = T.match_buffer(x_handle, (n, inner), "float32")
        y = T.match_buffer(y_handle, (n, columns), "float32")
        for block in T.thread_binding((n + (tile - 1)) // tile, "blockIdx.y"):
            for group in T.thread_binding(groups, "blockIdx.x"):
                for lane in T.thread_binding(THREADS, "threadIdx.x"):
                    with T.sblock("gated"):
                        T.reads()
                        T.writes()
                        gate = T.sblock_alloc_buffer((tile, 4), "float32", scope="local")
                        up = T.sblock_alloc_buffer((tile, 4), "float32", scope="local")
                        square = T.sblock_alloc_buffer((tile, 4), "float32", scope="local")
                        weight = T.sblock_alloc_buffer((8, 4), "float32", scope="local")
                        xs = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        scale = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        for row in T.unroll(tile):
                            for c in T.vectorized(4):
                                gate[row, c] = T.float32(0)
                            for c in T.vectorized(4):
                                up[row, c] = T.float32(0)
                            for c in T.vectorized(4):
                                square[row, c] = T.float32(0)
                        for k in T.serial(inner // 4):
                            for u in T.unroll(4):
                                for c in T.vectorized(4):
                                    weight[u, c] = w[k * 4 + u, (group * THREADS + lane) * 4 + c]
                                for c in T.vectorized(4):
                                    weight[4 + u, c] = w[k * 4 + u, columns + (group * THREADS + lane) * 4 + c]
                            for row in T.unroll(tile):
                                for c in T.vectorized(4):
                                    xs[c] = x[T.min(block * tile + row, n - 1), k * 4 + c]
                                for c in T.vectorized(4):
                                    square[row, c] = square[row, c] + xs[c] * xs[c]
                                for c in T.vectorized(4):
                                    gate[row, c] = xs[3] * weight[3, c] + (
                                        xs[2] * weight[2, c] + (xs[1] * weight[1, c] + (xs[0] * weight[0, c] + gate[row, c]))
                                    )
                                for c in T.vectorized(4):
                                    up[row, c] = xs[3] * weight[7, c] + (
                                        xs[2] * weight[6, c] + (xs[1] * weight[5, c] + (xs[0] * weight[4, c] + up[row, c]))
                                    )
                        for row in T.unroll(tile):
                            if block * tile + row < n:
                                scale[0] = T.rsqrt(
                                    (((square[row, 0] + square[row, 1]) + square[row, 2]) + square[row, 3]) * T.float32(inverse)
                                    + T.float32(epsilon)
                                )
                                for c in T.vectorized(4):
                                    gate[row, c] = gate[row, c] * scale[0]
                                for c in T.vectorized(4):
                                    up[row, c] = up[row, c] * scale[0]
                                for c in T.vectorized(4):
                                    xs[c] = T.exp(T.float32(0) - gate[row, c])
                                for c in T.vectorized(4):
                                    gate[row, c] = gate[row, c] / (xs[c] + T.float32(1)) * up[row, c]
                                for c in T.vectorized(4):
                                    y[block * tile + row, (group * THREADS + lane) * 4 + c] = gate[row, c]

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
