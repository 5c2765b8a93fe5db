"""The last hidden state of every token in the cache, before the last norm: float32 [context, hidden], kept beside keys and values (cache.cc), in the row of the
token's position. A target keeps them for a draft that reads them; such a draft has states of its own, into which those of the target are copied."""
from tvm.script import tirx as T

THREADS = 16


def keep(hidden, context):
    """x [n, hidden] -> x, which goes into the rows of states from the first new position on."""

    @T.prim_func(private=True, s_tir=True)
    def kernel(x_handle: T.handle, states: T.Buffer((context, hidden), "float32"), start_handle: T.handle, y_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n, start = T.int64(), T.int64()
        x = T.match_buffer(x_handle, (n, hidden), "float32")
        _start = T.match_buffer(start_handle, (start,), "float32")
        y = T.match_buffer(y_handle, (n, hidden), "float32")
        for row in T.thread_binding(n, "blockIdx.x"):
            for lane in T.thread_binding(THREADS, "threadIdx.x"):
                with T.sblock("keep"):
                    T.reads()
                    T.writes()
                    value = T.sblock_alloc_buffer((4,), "float32", scope="local")
                    position = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    position[0] = T.Cast("int32", start - 1 + row)
                    for step in T.serial(hidden // 4 // THREADS):
                        for c in T.vectorized(4):
                            value[c] = x[row, (step * THREADS + lane) * 4 + c]
                        for c in T.vectorized(4):
                            states[position[0], (step * THREADS + lane) * 4 + c] = value[c]
                        for c in T.vectorized(4):
                            y[row, (step * THREADS + lane) * 4 + c] = value[c]

    return kernel


def recall(hidden, context):
    """-> y [n, hidden]: of each row of x, whose values are not read, the state of the token before it; zeros before the first token."""

    @T.prim_func(private=True, s_tir=True)
    def kernel(x_handle: T.handle, states: T.Buffer((context, hidden), "float32"), start_handle: T.handle, y_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n, start = T.int64(), T.int64()
        _x = T.match_buffer(x_handle, (n, hidden), "float32")
        _start = T.match_buffer(start_handle, (start,), "float32")
        y = T.match_buffer(y_handle, (n, hidden), "float32")
        for row in T.thread_binding(n, "blockIdx.x"):
            for lane in T.thread_binding(THREADS, "threadIdx.x"):
                with T.sblock("recall"):
                    T.reads()
                    T.writes()
                    value = T.sblock_alloc_buffer((4,), "float32", scope="local")
                    before = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    before[0] = T.Cast("int32", start - 2 + row)
                    for step in T.serial(hidden // 4 // THREADS):
                        for c in T.vectorized(4):
                            value[c] = states[T.max(before[0], 0), (step * THREADS + lane) * 4 + c]
                        if before[0] < 0:
                            for c in T.vectorized(4):
                                value[c] = T.float32(0)
                        for c in T.vectorized(4):
                            y[row, (step * THREADS + lane) * 4 + c] = value[c]

    return kernel
