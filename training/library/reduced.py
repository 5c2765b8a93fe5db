"""A vocabulary of which a draft knows a part. `columns` int32 [vocabulary]: the column of its embedding, which is its head too, that each id has; the last
column is that of all ids that it does not know, and all zeros: of such an id it reads nothing, and it never guesses one."""
from tvm.script import tirx as T

# Below any logit that a model computes, and finite whatever temperature divides it: its probability is exactly 0.
LOWEST = -1e30
# Threads of a workgroup, and ids of each.
THREADS, IDS = 64, 4


def look_up(vocabulary):
    """ids int32 [n] -> their columns int32 [n]; an id outside the vocabulary gets that of the nearest."""

    @T.prim_func(private=True, s_tir=True)
    def kernel(ids_handle: T.handle, columns: T.Buffer((vocabulary,), "int32"), y_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n = T.int64()
        ids = T.match_buffer(ids_handle, (n,), "int32")
        y = T.match_buffer(y_handle, (n,), "int32")
        for row in T.thread_binding(n, "blockIdx.x"):
            for _lane in T.thread_binding(1, "threadIdx.x"):
                with T.sblock("look_up"):
                    T.reads()
                    T.writes()
                    y[row] = columns[T.max(T.min(ids[row], vocabulary - 1), 0)]

    return kernel


def spread(reduced, vocabulary):
    """logits float32 [n, reduced] by columns -> [n, vocabulary] by ids; LOWEST for what has the last column."""

    @T.prim_func(private=True, s_tir=True)
    def kernel(x_handle: T.handle, columns: T.Buffer((vocabulary,), "int32"), y_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n = T.int64()
        x = T.match_buffer(x_handle, (n, reduced), "float32")
        y = T.match_buffer(y_handle, (n, vocabulary), "float32")
        for row in T.thread_binding(n, "blockIdx.y"):
            for group in T.thread_binding(vocabulary // (THREADS * IDS), "blockIdx.x"):
                for lane in T.thread_binding(THREADS, "threadIdx.x"):
                    with T.sblock("spread"):
                        T.reads()
                        T.writes()
                        column = T.sblock_alloc_buffer((IDS,), "int32", scope="local")
                        result = T.sblock_alloc_buffer((IDS,), "float32", scope="local")
                        for c in T.vectorized(IDS):
                            column[c] = columns[(group * THREADS + lane) * IDS + c]
                        for c in T.unroll(IDS):
                            result[c] = x[row, column[c]]
                        for c in T.unroll(IDS):
                            if column[c] == reduced - 1:
                                result[c] = T.float32(LOWEST)
                        for c in T.vectorized(IDS):
                            y[row, (group * THREADS + lane) * IDS + c] = result[c]

    return kernel
