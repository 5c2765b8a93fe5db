"""What happens to q, k and v between their projection and attention, where weights are grouped: biases, the norms of heads, the rotation, and the cache of
attention.py, to which k and v are appended."""
from tvm.script import tirx as T


def rotate_append(heads, kv_heads, dim, context, biased, normed, epsilon):
    """qkv [n, (heads + 2 * kv_heads) * dim] -> q [n, heads * dim], k and v into the cache. A rotated pair sits side by side. `bias` is added first, if
    `biased`; then each head of q and k is divided by its root mean square and multiplied with its norm's gains, if `normed`. A thread has four components."""
    columns = (heads + 2 * kv_heads) * dim

    @T.prim_func(private=True, s_tir=True)
    def kernel(
        qkv_handle: T.handle,
        bias_handle: T.handle,
        q_gains_handle: T.handle,
        k_gains_handle: T.handle,
        rope: T.Buffer((context, dim), "float32"),
        cache: T.Buffer((2, kv_heads, context // 4, 4 * dim), "float32"),
        start_handle: T.handle,
        q_handle: T.handle,
    ):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n, start, biases, q_gained, k_gained = T.int64(), T.int64(), T.int64(), T.int64(), T.int64()
        qkv = T.match_buffer(qkv_handle, (n, columns), "float32")
        bias = T.match_buffer(bias_handle, (biases,), "float32")
        q_gains = T.match_buffer(q_gains_handle, (q_gained,), "float32")
        k_gains = T.match_buffer(k_gains_handle, (k_gained,), "float32")
        _start = T.match_buffer(start_handle, (start,), "float32")
        q = T.match_buffer(q_handle, (n, heads * dim), "float32")
        for row in T.thread_binding(n, "blockIdx.y"):
            for head in T.thread_binding(heads + 2 * kv_heads, "blockIdx.x"):
                for lane in T.thread_binding(dim // 4, "threadIdx.x"):
                    with T.sblock("rotate"):
                        T.reads()
                        T.writes()
                        plain = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        angle = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        turned = T.sblock_alloc_buffer((4,), "float32", scope="local")
                        square = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        value = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        position = T.sblock_alloc_buffer((1,), "int32", scope="local")
                        position[0] = T.Cast("int32", start - 1 + row)
                        for c in T.vectorized(4):
                            plain[c] = qkv[row, head * dim + lane * 4 + c]
                        if biased:
                            for c in T.vectorized(4):
                                plain[c] = plain[c] + bias[head * dim + lane * 4 + c]
                        if normed:
                            if head < heads + kv_heads:
                                square[0] = T.float32(0)
                                for d in T.serial(dim):
                                    value[0] = qkv[row, head * dim + d]
                                    if biased:
                                        value[0] = value[0] + bias[head * dim + d]
                                    square[0] = square[0] + value[0] * value[0]
                                square[0] = T.rsqrt(square[0] * T.float32(1 / dim) + T.float32(epsilon))
                                if head < heads:
                                    for c in T.vectorized(4):
                                        plain[c] = plain[c] * square[0] * q_gains[lane * 4 + c]
                                else:
                                    for c in T.vectorized(4):
                                        plain[c] = plain[c] * square[0] * k_gains[lane * 4 + c]
                        for c in T.vectorized(4):
                            turned[c] = plain[c]
                        if head < heads + kv_heads:
                            for c in T.vectorized(4):
                                angle[c] = rope[position[0], lane * 4 + c]
                            turned[0] = plain[0] * angle[0] + (T.float32(0) - plain[1]) * angle[1]
                            turned[1] = plain[1] * angle[0] + plain[0] * angle[1]
                            turned[2] = plain[2] * angle[2] + (T.float32(0) - plain[3]) * angle[3]
                            turned[3] = plain[3] * angle[2] + plain[2] * angle[3]
                        if head < heads:
                            for c in T.vectorized(4):
                                q[row, head * dim + lane * 4 + c] = turned[c]
                        else:
                            if head < heads + kv_heads:
                                for c in T.unroll(4):
                                    cache[0, head - heads, position[0] // 4, (lane * 4 + c) * 4 + position[0] % 4] = turned[c]
                            else:
                                for c in T.unroll(4):
                                    cache[1, head - heads - kv_heads, position[0] // 4, position[0] % 4 * dim + lane * 4 + c] = turned[c]

    return kernel
