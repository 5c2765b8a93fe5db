"""Products of a few rows with a matrix of grouped weights (grouped.py), one kernel for codes of 4 and 8 bits and every form of scales: what differs is read
from the header and steers shifts, masks and factors, never a branch. Four codes come out of a word as bytes in their places, 256 times too large for each;
x is made smaller by as much instead, which is exact. In a group a thread sums up code times x and x alone, and adds scale times the one and offset times
the other to its result.

Every output is one chain of sums over the inner dimension, group after group, whatever the number of rows and whether subgroups share what they read, so
that decode, verification and prefill give the same bits in every library. The inner side reaches a kernel as a size of its buffers: products of one
kind with as many columns share one kernel."""
from functools import cache

from tvm.script import tirx as T

from .grids import QUADS, grid_for
from .grouped import FLOATS, HALVES, HEADER
from .projections import clear, copy

# Bits of float32 powers of two, which TVM would print with too few digits: what a half, moved to where a float32 has its exponent and first bits, is too
# small by, and what codes in the second and third byte are too large by.
HALF, SECOND, THIRD = 0x77800000, 0x3B800000, 0x37800000
# What such a half leaves of a word.
HALF_BITS = 0x8FFFE000
ALL_BITS = 0xFFFFFFFF
ONE = 0x3F800000


@T.inline
def read_header(head, ints, masks, factors, w, inner, columns):
    """ints: 1 for codes of 4 bits, else 0; steps of four rows in a group; groups; first word of the scales, words there for four columns, where the last
    four of those begin; bits to shift down to get to a scale or offset; first column. masks: of the codes in a word; of scales; bits to shift up to get
    to a scale. factors: of scales; of offsets."""
    for c in T.vectorized(4):
        head[c] = w[c]
    ints[0] = T.Select(head[1] == T.uint32(4), 1, 0)
    ints[1] = T.Select(head[2] == T.uint32(16), 4, 8)
    ints[2] = T.shift_right(T.Cast("int32", inner), T.Select(head[2] == T.uint32(16), 4, 5))
    ints[3] = HEADER + T.shift_right(T.Cast("int32", inner * columns), 2 + ints[0])
    ints[4] = T.Select(head[3] == T.uint32(FLOATS), 8, 4)
    ints[5] = ints[4] - 4
    ints[6] = T.Select(head[3] == T.uint32(HALVES), 3, 0)
    masks[0] = T.Select(head[1] == T.uint32(4), T.uint32(0x0F0F0F0F), T.uint32(ALL_BITS))
    masks[1] = T.Select(head[3] == T.uint32(HALVES), T.uint32(HALF_BITS), T.uint32(ALL_BITS))
    masks[2] = T.Select(head[3] == T.uint32(HALVES), T.uint32(16), T.uint32(0))
    factors[0] = T.reinterpret("float32", T.Select(head[3] == T.uint32(HALVES), T.uint32(HALF), T.uint32(ONE)))
    for c in T.vectorized(4):
        head[c] = w[4 + c]
    factors[1] = factors[0] * T.reinterpret("float32", head[0])
    ints[7] = T.Cast("int32", head[1])


def as_float(word, down, mask):
    """A float32, or a half in the higher bits of a word and by HALF too small, of what is read of the scales."""
    return T.reinterpret("float32", T.bitwise_and(T.reinterpret("uint32", T.shift_right(T.reinterpret("int32", word), down)), mask))


@T.inline
def read_row(xs, r, own, squares, sums, gain, pre, x, row, k, norm, subgroups):
    """xs[r] = four values of x's row from 4 k on, times the norm's gain, each made smaller by what a code in its place is too large; adds them to `sums`
    before, and their squares before the gain to `squares`, in four strands, of which a thread in a subgroup keeps the one that it reads."""
    if subgroups:
        own[0] = x[row, k * 4 + T.call_pure_extern("int32", "place_in_subgroup") % 4]
        if norm:
            squares[r, 0] = squares[r, 0] + own[0] * own[0]
            own[0] = own[0] * gain[0]
        sums[r, 0] = sums[r, 0] + own[0]
        own[0] = own[0] * pre[0]
        for c in T.unroll(4):
            xs[r, c] = T.call_pure_extern("float32", "subgroupBroadcast", own[0], T.uint32(c))
    else:
        for c in T.vectorized(4):
            xs[r, c] = x[row, k * 4 + c]
        if norm:
            for c in T.vectorized(4):
                squares[r, c] = squares[r, c] + xs[r, c] * xs[r, c]
            for c in T.vectorized(4):
                xs[r, c] = xs[r, c] * gain[c]
        for c in T.vectorized(4):
            sums[r, c] = sums[r, c] + xs[r, c]
        for c in T.vectorized(4):
            xs[r, c] = xs[r, c] * pre[c]


@T.inline
def total(out, strands, r, subgroups):
    """out = the sum of the four strands of row r, in their order."""
    if subgroups:
        out[0] = T.call_pure_extern("float32", "subgroupBroadcast", strands[r, 0], T.uint32(0))
        for c in T.unroll(3):
            out[0] = out[0] + T.call_pure_extern("float32", "subgroupBroadcast", strands[r, 0], T.uint32(c + 1))
    else:
        out[0] = ((strands[r, 0] + strands[r, 1]) + strands[r, 2]) + strands[r, 3]


@T.inline
def multiply(acc, squares, x, w, gains, inner, columns, tile, quad, row, rows, norm, subgroups, ints, masks, factors, part, sums, xs, own, gain, pre, weight, words, scale, offset, sum_):
    """acc[r * QUADS + q] += x[row + r] (times gains, if `norm`) @ w's block column quad + q for `tile` rows, the last of x again where x ends."""
    for g in T.serial(ints[2]):
        clear(part, tile * QUADS)
        for r in T.unroll(tile):
            for c in T.vectorized(1 if subgroups else 4):
                sums[r, c] = T.float32(0)
        for j in T.serial(ints[1]):
            if norm:
                if subgroups:
                    gain[0] = gains[(g * ints[1] + j) * 4 + T.call_pure_extern("int32", "place_in_subgroup") % 4]
                else:
                    for c in T.vectorized(4):
                        gain[c] = gains[(g * ints[1] + j) * 4 + c]
            for r in T.unroll(tile):
                read_row(xs, r, own, squares, sums, gain, pre, x, T.min(row + r, rows - 1), g * ints[1] + j, norm, subgroups)
            for q in T.unroll(QUADS):
                for c in T.vectorized(4):
                    words[c] = w[HEADER + (T.shift_right(g * ints[1] + j, ints[0]) * (columns // 4) + quad + q) * 4 + c]
                for c in T.vectorized(4):
                    words[c] = T.bitwise_and(T.shift_right(words[c], T.Cast("uint32", T.bitwise_and(j, ints[0]) * 4)), masks[0])
                for place in T.unroll(3):
                    for c in T.vectorized(4):
                        weight[place, c] = T.Cast("float32", T.reinterpret("int32", T.bitwise_and(words[c], T.uint32(255 << (8 * place)))))
                for c in T.vectorized(4):
                    weight[3, c] = T.Cast("float32", T.reinterpret("int32", T.shift_right(words[c], T.uint32(24))))
                for r in T.unroll(tile):
                    for c in T.vectorized(4):
                        part[r * QUADS + q, c] = xs[r, 3] * weight[3, c] + (
                            xs[r, 2] * weight[2, c] + (xs[r, 1] * weight[1, c] + (xs[r, 0] * weight[0, c] + part[r * QUADS + q, c]))
                        )
        for r in T.unroll(tile):
            total(own, sums, r, subgroups)
            sum_[r] = own[0]
        for q in T.unroll(QUADS):
            for c in T.vectorized(4):
                words[c] = w[ints[3] + (g * (columns // 4) + quad + q) * ints[4] + c]
            for c in T.vectorized(4):
                scale[c] = as_float(T.shift_left(words[c], masks[2]), ints[6], masks[1]) * factors[0]
            for c in T.vectorized(4):
                words[c] = w[ints[3] + (g * (columns // 4) + quad + q) * ints[4] + ints[5] + c]
            for c in T.vectorized(4):
                offset[c] = as_float(words[c], ints[6], masks[1]) * factors[1]
            for r in T.unroll(tile):
                for c in T.vectorized(4):
                    acc[r * QUADS + q, c] = part[r * QUADS + q, c] * scale[c] + (sum_[r] * offset[c] + acc[r * QUADS + q, c])


@T.inline
def product(out, first, x, w, gains, inner, columns, tiles, quad, row, rows, norm, epsilon, subgroups):
    """out[r * QUADS + q] = [rmsnorm](x[row + r]) @ w's block column quad + q for all rows of x from `row` on that the last of `tiles` covers; no more than
    the first of them where that is enough. first = the column of a whole matrix with which w begins. A loop may index `out`."""
    acc = T.sblock_alloc_buffer((tiles[-1] * QUADS, 4), "float32", scope="local")
    part = T.sblock_alloc_buffer((tiles[-1] * QUADS, 4), "float32", scope="local")
    squares = T.sblock_alloc_buffer((tiles[-1], 1 if subgroups else 4), "float32", scope="local")
    sums = T.sblock_alloc_buffer((tiles[-1], 1 if subgroups else 4), "float32", scope="local")
    sum_ = T.sblock_alloc_buffer((tiles[-1],), "float32", scope="local")
    xs = T.sblock_alloc_buffer((tiles[-1], 4), "float32", scope="local")
    own = T.sblock_alloc_buffer((1,), "float32", scope="local")
    gain = T.sblock_alloc_buffer((4,), "float32", scope="local")
    pre = T.sblock_alloc_buffer((4,), "float32", scope="local")
    which = T.sblock_alloc_buffer((1,), "int32", scope="local")
    weight = T.sblock_alloc_buffer((4, 4), "float32", scope="local")
    words = T.sblock_alloc_buffer((4,), "uint32", scope="local")
    scale = T.sblock_alloc_buffer((4,), "float32", scope="local")
    offset = T.sblock_alloc_buffer((4,), "float32", scope="local")
    head = T.sblock_alloc_buffer((4,), "uint32", scope="local")
    ints = T.sblock_alloc_buffer((8,), "int32", scope="local")
    masks = T.sblock_alloc_buffer((3,), "uint32", scope="local")
    factors = T.sblock_alloc_buffer((2,), "float32", scope="local")
    read_header(head, ints, masks, factors, w, inner, columns)
    first[0] = ints[7]
    clear(acc, tiles[-1] * QUADS)
    # Else TVM, which sees no use of it beside acc, would make them one.
    clear(out, 1)
    if subgroups:
        which[0] = T.call_pure_extern("int32", "place_in_subgroup") % 4
        pre[0] = T.reinterpret("float32", T.Select(which[0] == 1, T.uint32(SECOND), T.Select(which[0] == 2, T.uint32(THIRD), T.uint32(ONE))))
    else:
        for c in T.vectorized(4):
            pre[c] = T.float32(1)
        pre[1] = T.reinterpret("float32", T.uint32(SECOND))
        pre[2] = T.reinterpret("float32", T.uint32(THIRD))
    if norm:
        for r in T.unroll(tiles[-1]):
            for c in T.vectorized(1 if subgroups else 4):
                squares[r, c] = T.float32(0)
    if len(tiles) == 1:
        multiply(acc, squares, x, w, gains, inner, columns, tiles[0], quad, row, rows, norm, subgroups, ints, masks, factors, part, sums, xs, own, gain, pre, weight, words, scale, offset, sum_)
    else:
        # Not one loop with a condition inside: SwiftShader runs what a condition excludes, and drops it.
        if rows - row <= tiles[0]:
            multiply(acc, squares, x, w, gains, inner, columns, tiles[0], quad, row, rows, norm, subgroups, ints, masks, factors, part, sums, xs, own, gain, pre, weight, words, scale, offset, sum_)
        else:
            multiply(acc, squares, x, w, gains, inner, columns, tiles[1], quad, row, rows, norm, subgroups, ints, masks, factors, part, sums, xs, own, gain, pre, weight, words, scale, offset, sum_)
    if norm:
        for r in T.unroll(tiles[-1]):
            total(own, squares, r, subgroups)
            own[0] = T.rsqrt(own[0] / T.Cast("float32", inner) + T.float32(epsilon))
            for q in T.unroll(QUADS):
                for c in T.vectorized(4):
                    acc[r * QUADS + q, c] = acc[r * QUADS + q, c] * own[0]
    copy(acc, out, tiles[-1] * QUADS)


# Every layer asks for it, and to parse it takes long.
@cache
def matmul(columns, tiles, subgroups, parts=1, norm=False, residual=False, last=False, epsilon=1e-5):
    """y = [rmsnorm](x) @ w [+ r] for x [n, inner], the columns of y that w, one of `parts` of a matrix [inner, columns], has. With `last`, only the last
    row; `gains` are the norm's, and `r` is not read without `residual`."""
    tile = tiles[-1]
    own = columns // parts
    threads, groups = grid_for(own)

    @T.prim_func(private=True, s_tir=True)
    def kernel(x_handle: T.handle, w_handle: T.handle, gains_handle: T.handle, r_handle: T.handle, y_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n, inner, words, gained, width, out = T.int64(), T.int64(), T.int64(), T.int64(), T.int64(), T.int64()
        x = T.match_buffer(x_handle, (n, inner), "float32")
        w = T.match_buffer(w_handle, (words,), "uint32")
        gains = T.match_buffer(gains_handle, (gained,), "float32")
        added = T.match_buffer(r_handle, (n, width), "float32")
        y = T.match_buffer(y_handle, (out, columns), "float32")
        for block in T.thread_binding(T.int64(1) if last else (n + (tile - 1)) // tile, "blockIdx.y"):
            for group in T.thread_binding(groups, "blockIdx.x"):
                for lane in T.thread_binding(threads, "threadIdx.x"):
                    with T.sblock("matmul"):
                        T.reads()
                        T.writes()
                        sums = T.sblock_alloc_buffer((tile * QUADS, 4), "float32", scope="local")
                        result = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        first = T.sblock_alloc_buffer((1,), "int32", scope="local")
                        quad = T.sblock_alloc_buffer((1,), "int32", scope="local")
                        quad[0] = T.Cast("int32", T.min((group * threads + lane) * QUADS, own // 4 - QUADS))
                        product(sums, first, x, w, gains, inner, own, tiles, quad[0], n - 1 if last else block * tile, n, norm, epsilon, subgroups)
                        for row in T.serial(1 if last else T.min(n - block * tile, tile)):
                            for q in T.unroll(QUADS):
                                for c in T.vectorized(4):
                                    result[c] = sums[row * QUADS + q, c]
                                if residual:
                                    for c in T.vectorized(4):
                                        result[c] = result[c] + added[block * tile + row, first[0] + (quad[0] + q) * 4 + c]
                                for c in T.vectorized(4):
                                    y[block * tile + row, first[0] + (quad[0] + q) * 4 + c] = result[c]

    return kernel


# Every layer asks for it, and to parse it takes long.
@cache
def gated(columns, tiles, subgroups, parts=1, epsilon=1e-5):
    """y = silu(g) * u with [g u] = rmsnorm(x) @ w, the columns of y that w, one of `parts` of a matrix [inner, 2 * columns], has; the matrix has blocks of
    four columns of g and of u in turns."""
    tile = tiles[-1]
    own = 2 * columns // parts
    threads, groups = grid_for(own)

    @T.prim_func(private=True, s_tir=True)
    def kernel(x_handle: T.handle, w_handle: T.handle, gains_handle: T.handle, y_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n, inner, words = T.int64(), T.int64(), T.int64()
        x = T.match_buffer(x_handle, (n, inner), "float32")
        w = T.match_buffer(w_handle, (words,), "uint32")
        gains = T.match_buffer(gains_handle, (inner,), "float32")
        y = T.match_buffer(y_handle, (n, columns), "float32")
        for block in T.thread_binding((n + (tile - 1)) // tile, "blockIdx.y"):
            for group in T.thread_binding(groups, "blockIdx.x"):
                for lane in T.thread_binding(threads, "threadIdx.x"):
                    with T.sblock("gated"):
                        T.reads()
                        T.writes()
                        sums = T.sblock_alloc_buffer((tile * QUADS, 4), "float32", scope="local")
                        up = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        result = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        first = T.sblock_alloc_buffer((1,), "int32", scope="local")
                        quad = T.sblock_alloc_buffer((1,), "int32", scope="local")
                        quad[0] = T.Cast("int32", T.min((group * threads + lane) * QUADS, own // 4 - QUADS))
                        product(sums, first, x, w, gains, inner, own, tiles, quad[0], block * tile, n, True, epsilon, subgroups)
                        for row in T.serial(T.min(n - block * tile, tile)):
                            for q in T.unroll(QUADS // 2):
                                for c in T.vectorized(4):
                                    up[c] = sums[row * QUADS + 2 * q, c]
                                for c in T.vectorized(4):
                                    result[c] = T.exp(T.float32(0) - up[c])
                                for c in T.vectorized(4):
                                    result[c] = up[c] / (result[c] + T.float32(1))
                                for c in T.vectorized(4):
                                    up[c] = sums[row * QUADS + 2 * q + 1, c]
                                for c in T.vectorized(4):
                                    result[c] = result[c] * up[c]
                                for c in T.vectorized(4):
                                    y[block * tile + row, first[0] // 2 + (quad[0] // 2 + q) * 4 + c] = result[c]

    return kernel


GATHER_THREADS = 16


def gather(columns, hidden, vocabulary):
    """ids int32 [n] -> columns of w, a part of so many of a matrix [hidden, vocabulary], as rows of y, for the ids that are in it; other rows stay as they
    are. An id outside the vocabulary reads the nearest instead of foreign memory."""

    @T.prim_func(private=True, s_tir=True)
    def kernel(ids_handle: T.handle, w_handle: T.handle, y_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n, words = T.int64(), T.int64()
        ids = T.match_buffer(ids_handle, (n,), "int32")
        w = T.match_buffer(w_handle, (words,), "uint32")
        y = T.match_buffer(y_handle, (n, hidden), "float32")
        for row in T.thread_binding(n, "blockIdx.x"):
            for lane in T.thread_binding(GATHER_THREADS, "threadIdx.x"):
                with T.sblock("gather"):
                    T.reads()
                    T.writes()
                    head = T.sblock_alloc_buffer((8,), "uint32", scope="local")
                    ints = T.sblock_alloc_buffer((8,), "int32", scope="local")
                    masks = T.sblock_alloc_buffer((3,), "uint32", scope="local")
                    factors = T.sblock_alloc_buffer((2,), "float32", scope="local")
                    word = T.sblock_alloc_buffer((3,), "uint32", scope="local")
                    scale = T.sblock_alloc_buffer((2,), "float32", scope="local")
                    column = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    read_header(head, ints, masks, factors, w, hidden, columns)
                    column[0] = T.max(T.min(ids[row], vocabulary - 1), 0) - ints[7]
                    if column[0] >= 0:
                        if column[0] < columns:
                            for step in T.serial(hidden // 4 // GATHER_THREADS):
                                k: T.let[T.int32] = T.Cast("int32", step * GATHER_THREADS + lane)
                                word[0] = w[HEADER + T.shift_right(k, ints[0]) * columns + column[0]]
                                word[0] = T.bitwise_and(T.shift_right(word[0], T.Cast("uint32", T.bitwise_and(k, ints[0]) * 4)), masks[0])
                                word[1] = w[ints[3] + (T.shift_right(k, 2 + ints[1] // 8) * (columns // 4) + column[0] // 4) * ints[4] + column[0] % 4]
                                word[2] = w[ints[3] + (T.shift_right(k, 2 + ints[1] // 8) * (columns // 4) + column[0] // 4) * ints[4] + ints[5] + column[0] % 4]
                                scale[0] = as_float(T.shift_left(word[1], masks[2]), ints[6], masks[1]) * factors[0]
                                scale[1] = as_float(word[2], ints[6], masks[1]) * factors[1]
                                for place in T.unroll(4):
                                    y[row, k * 4 + place] = T.Cast("float32", T.bitwise_and(T.shift_right(word[0], T.uint32(8 * place)), T.uint32(255))) * scale[0] + scale[1]

    return kernel
