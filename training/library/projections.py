"""Matrix products for a few rows. Weights are int8, packed so that one word holds four rows of one column and a thread reads the 4 x 4 block of
four inner and four outer places at once, the scale of every column after them (layout.py). A thread owns some blocks of four columns and the
rows of a tile in registers. Every output is one serial chain of fma over the inner dimension, whatever the number of rows and whether
subgroups share what they read, so that decode, verification and prefill give the same bits in every library."""
from functools import cache

from tvm.script import tirx as T

from .grids import threads_for

# Weights that a forward reads with one kernel from which on wide threads pay for several rows: they run faster and take longer to compile.
MANY_WEIGHTS = 1_000_000


def packed(inner, columns):
    """Shape of a packed matrix [inner, columns], in 32-bit words."""
    return (inner // 4 + 1, columns // 4, 4)


def quads_for(inner, columns, tiles, uses):
    """Columns of a thread, in blocks of four, of a kernel that a forward uses so often: what is read of a row serves them all."""
    return 4 if tiles == (1,) or inner * columns * uses >= MANY_WEIGHTS else 2


def strands(subgroups):
    """Places of a row in `squares`: each thread has the sums of all four strands or, in a subgroup, of one."""
    return 1 if subgroups else 4


@T.inline
def synchronise():
    """What any thread of the workgroup wrote, to its own memory or a buffer, all may read now."""
    T.evaluate(T.call_extern("void", "storageBarrier"))
    T.tvm_storage_sync("shared")


@T.inline
def clear(accumulator, rows):
    for i in T.unroll(rows):
        for c in T.vectorized(4):
            accumulator[i, c] = T.float32(0)


@T.inline
def copy(source, target, vectors):
    """Into an array that a loop may index: what constants alone index stays in registers."""
    for i in T.unroll(vectors):
        for c in T.vectorized(4):
            target[i, c] = source[i, c]


@T.inline
def read(xs, at, own, x, row, k, subgroups):
    """xs[at] = the four values of x's row from 4 k on, the same for all threads. In a subgroup a thread reads one of them and hears the others."""
    if subgroups:
        own[0] = x[row, k * 4 + T.call_pure_extern("int32", "place_in_subgroup") % 4]
        for c in T.unroll(4):
            xs[at, c] = T.call_pure_extern("float32", "subgroupBroadcast", own[0], T.uint32(c))
    else:
        for c in T.vectorized(4):
            xs[at, c] = x[row, k * 4 + c]


def weight_at(word, place):
    """The weight of a packed word's row `place`, in units of its column's scale."""
    return T.Cast("float32", T.reinterpret("int32", word << T.uint32(24 - 8 * place)))


@T.inline
def multiply(acc, squares, x, w, inner, tile, quad, row, rows, norm, subgroups, quads, weight, words, xs, own):
    """acc[r * quads + q] += x[row + r] @ w's block column quad + q, in units of the columns' scales, for `tile` rows, the last of x again where x ends;
    squares[r] += x[row + r]^2 if `norm`, in four strands, of which a thread in a subgroup keeps the one that it reads."""
    for k in T.serial(inner // 4):
        for r in T.unroll(tile):
            read(xs, r, own, x, T.min(row + r, rows - 1), k, subgroups)
            if norm:
                if subgroups:
                    squares[r, 0] = squares[r, 0] + own[0] * own[0]
                else:
                    for c in T.vectorized(4):
                        squares[r, c] = squares[r, c] + xs[r, c] * xs[r, c]
        for q in T.unroll(quads):
            for c in T.vectorized(4):
                words[c] = w[k, quad + q, c]
            for place in T.unroll(4):
                for c in T.vectorized(4):
                    weight[place, c] = weight_at(words[c], place)
            for r in T.unroll(tile):
                for c in T.vectorized(4):
                    acc[r * quads + q, c] = xs[r, 3] * weight[3, c] + (
                        xs[r, 2] * weight[2, c] + (xs[r, 1] * weight[1, c] + (xs[r, 0] * weight[0, c] + acc[r * quads + q, c]))
                    )


@T.inline
def norm_factor(factor, squares, r, inner, epsilon, subgroups):
    """factor = 1 / the root mean square of row r (RMSNorm, Zhang and Sennrich 2019; its weight is folded into w), from its strands."""
    if subgroups:
        factor[0] = T.call_pure_extern("float32", "subgroupBroadcast", squares[r, 0], T.uint32(0))
        for c in T.unroll(3):
            factor[0] = factor[0] + T.call_pure_extern("float32", "subgroupBroadcast", squares[r, 0], T.uint32(c + 1))
    else:
        factor[0] = ((squares[r, 0] + squares[r, 1]) + squares[r, 2]) + squares[r, 3]
    factor[0] = T.rsqrt(factor[0] * T.float32(1 / inner) + T.float32(epsilon))


@T.inline
def product(sums, x, w, inner, tiles, quad, row, rows, norm, epsilon, subgroups, quads):
    """sums[r * quads + q] = [rmsnorm](x[row + r]) @ w's block column quad + q for all rows of x from `row` on that the last of `tiles` covers; no
    more than the first of them where that is enough. A loop may index the sums."""
    acc = T.sblock_alloc_buffer((tiles[-1] * quads, 4), "float32", scope="local")
    squares = T.sblock_alloc_buffer((tiles[-1], strands(subgroups)), "float32", scope="local")
    factor = T.sblock_alloc_buffer((1,), "float32", scope="local")
    weight = T.sblock_alloc_buffer((4, 4), "float32", scope="local")
    words = T.sblock_alloc_buffer((4,), "uint32", scope="local")
    xs = T.sblock_alloc_buffer((tiles[-1], 4), "float32", scope="local")
    own = T.sblock_alloc_buffer((1,), "float32", scope="local")
    clear(acc, tiles[-1] * quads)
    # Otherwise TVM, which sees no other use of it, would make them one.
    clear(sums, 1)
    if norm:
        for r in T.unroll(tiles[-1]):
            for c in T.vectorized(strands(subgroups)):
                squares[r, c] = T.float32(0)
    if len(tiles) == 1:
        multiply(acc, squares, x, w, inner, tiles[0], quad, row, rows, norm, subgroups, quads, weight, words, xs, own)
    else:
        # Not one loop with a condition inside: SwiftShader runs what a condition excludes, and drops it.
        if rows - row <= tiles[0]:
            multiply(acc, squares, x, w, inner, tiles[0], quad, row, rows, norm, subgroups, quads, weight, words, xs, own)
        else:
            multiply(acc, squares, x, w, inner, tiles[1], quad, row, rows, norm, subgroups, quads, weight, words, xs, own)
    for r in T.unroll(tiles[-1]):
        if norm:
            norm_factor(factor, squares, r, inner, epsilon, subgroups)
            for q in T.unroll(quads):
                for c in T.vectorized(4):
                    acc[r * quads + q, c] = acc[r * quads + q, c] * factor[0]
    for q in T.unroll(quads):
        for c in T.vectorized(4):
            words[c] = w[inner // 4, quad + q, c]
        for r in T.unroll(tiles[-1]):
            for c in T.vectorized(4):
                acc[r * quads + q, c] = acc[r * quads + q, c] * T.reinterpret("float32", words[c])
    copy(acc, sums, tiles[-1] * quads)


@T.inline
def gate(gated, sums, first):
    """gated = silu(g) * u for sums[first], g, and the next, u."""
    for c in T.vectorized(4):
        gated[c] = T.exp(T.float32(0) - sums[first, c])
    for c in T.vectorized(4):
        gated[c] = sums[first, c] / (gated[c] + T.float32(1)) * sums[first + 1, c]


# Every layer asks for it, and to parse it takes long.
@cache
def matmul(inner, columns, tiles, subgroups, uses, norm=False, residual=False, last=False, epsilon=1e-5):
    """y = [rmsnorm](x) @ w [+ r] for x [n, inner], w [inner, columns]; `uses` times a forward. With `last`, only the last row."""
    quads = quads_for(inner, columns, tiles, uses)
    threads = threads_for(columns, quads)
    groups = columns // (4 * quads) // threads
    tile = tiles[-1]

    @T.prim_func(private=True, s_tir=True)
    def kernel(x_handle: T.handle, w: T.Buffer(packed(inner, columns), "uint32"), r_handle: T.handle, y_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n = T.int64()
        x = T.match_buffer(x_handle, (n, inner), "float32")
        added = T.match_buffer(r_handle, (n, columns if residual else inner), "float32")
        y = T.match_buffer(y_handle, (1 if last else n, columns), "float32")
        for block in T.thread_binding(T.int64(1) if last else (n + (tile - 1)) // tile, "blockIdx.y"):
            for group in T.thread_binding(groups, "blockIdx.x"):
                for lane in T.thread_binding(threads, "threadIdx.x"):
                    with T.sblock("matmul"):
                        T.reads()
                        T.writes()
                        sums = T.sblock_alloc_buffer((tile * quads, 4), "float32", scope="local")
                        result = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        product(sums, x, w, inner, tiles, (group * threads + lane) * quads, n - 1 if last else block * tile, n, norm, epsilon, subgroups, quads)
                        for row in T.serial(1 if last else T.min(n - block * tile, tile)):
                            for q in T.unroll(quads):
                                for c in T.vectorized(4):
                                    result[c] = sums[row * quads + q, c]
                                if residual:
                                    for c in T.vectorized(4):
                                        result[c] = result[c] + added[block * tile + row, ((group * threads + lane) * quads + q) * 4 + c]
                                for c in T.vectorized(4):
                                    y[block * tile + row, ((group * threads + lane) * quads + q) * 4 + c] = result[c]

    return kernel


# Every layer asks for it, and to parse it takes long.
@cache
def gated(inner, columns, tiles, subgroups, uses, epsilon=1e-5):
    """y = silu(g) * u with [g u] = rmsnorm(x) @ w, for x [n, inner], `uses` times a forward; w's columns are blocks of four of g and of u in turns."""
    quads = quads_for(inner, 2 * columns, tiles, uses)
    threads = threads_for(2 * columns, quads)
    groups = 2 * columns // (4 * quads) // threads
    tile = tiles[-1]

    @T.prim_func(private=True, s_tir=True)
    def kernel(x_handle: T.handle, w: T.Buffer(packed(inner, 2 * columns), "uint32"), y_handle: T.handle):
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
                        sums = T.sblock_alloc_buffer((tile * quads, 4), "float32", scope="local")
                        result = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        product(sums, x, w, inner, tiles, (group * threads + lane) * quads, block * tile, n, True, epsilon, subgroups, quads)
                        for row in T.serial(T.min(n - block * tile, tile)):
                            for q in T.unroll(quads // 2):
                                gate(result, sums, row * quads + 2 * q)
                                for c in T.vectorized(4):
                                    y[block * tile + row, ((group * threads + lane) * (quads // 2) + q) * 4 + c] = result[c]

    return kernel


def gather(vocabulary, hidden):
    """ids int32 [n] -> columns of w [hidden, vocabulary] as rows; an id outside reads the nearest instead of foreign memory."""

    @T.prim_func(private=True, s_tir=True)
    def kernel(ids_handle: T.handle, w: T.Buffer(packed(hidden, vocabulary), "uint32"), y_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n = T.int64()
        ids = T.match_buffer(ids_handle, (n,), "int32")
        y = T.match_buffer(y_handle, (n, hidden), "float32")
        for row in T.thread_binding(n, "blockIdx.x"):
            for lane in T.thread_binding(hidden // 4, "threadIdx.x"):
                with T.sblock("gather"):
                    T.reads()
                    T.writes()
                    id = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    word = T.sblock_alloc_buffer((1,), "uint32", scope="local")
                    result = T.sblock_alloc_buffer((4,), "float32", scope="local")
                    id[0] = T.max(T.min(ids[row], vocabulary - 1), 0)
                    word[0] = w[lane, id[0] // 4, id[0] % 4]
                    for place in T.unroll(4):
                        result[place] = weight_at(word[0], place) * T.reinterpret("float32", w[hidden // 4, id[0] // 4, id[0] % 4])
                    for c in T.vectorized(4):
                        y[row, lane * 4 + c] = result[c]

    return kernel
