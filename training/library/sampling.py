"""Kernels of the sampling functions that web-llm asks a library for. One workgroup a row where a row is reduced; every order of
operations depends on the vocabulary alone."""
from tvm.script import tirx as T

THREADS = 64
SAMPLE_THREADS = 16
# Temperatures below this mean greedy decoding: web-llm passes 1e-6 for 0.
GREEDY = 1e-5
LOWEST = -3.4028234663852886e38


def softmax_with_temperature(vocabulary):
    """logits [b, vocabulary], temperature [b] -> probabilities [b, vocabulary]; at temperature 0 all of it on the largest logit, the
    lowest id among equals."""
    steps = -(-vocabulary // THREADS)

    @T.prim_func(private=True, s_tir=True)
    def kernel(logits_handle: T.handle, temperature_handle: T.handle, probabilities_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        b = T.int64()
        logits = T.match_buffer(logits_handle, (b, vocabulary), "float32")
        temperature = T.match_buffer(temperature_handle, (b,), "float32")
        probabilities = T.match_buffer(probabilities_handle, (b, vocabulary), "float32")
        for row in T.thread_binding(b, "blockIdx.x"):
            for lane in T.thread_binding(THREADS, "threadIdx.x"):
                with T.sblock("softmax"):
                    T.reads()
                    T.writes()
                    top = T.sblock_alloc_buffer((THREADS,), "float32", scope="shared")
                    first = T.sblock_alloc_buffer((THREADS,), "int32", scope="shared")
                    total = T.sblock_alloc_buffer((THREADS,), "float32", scope="shared")
                    best = T.sblock_alloc_buffer((1,), "float32", scope="local")
                    index = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    rival = T.sblock_alloc_buffer((1,), "float32", scope="local")
                    rival_index = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    partial = T.sblock_alloc_buffer((1,), "float32", scope="local")
                    best[0] = T.float32(LOWEST)
                    index[0] = vocabulary
                    for step in T.serial(steps):
                        if step * THREADS + lane < vocabulary:
                            if logits[row, step * THREADS + lane] > best[0] or index[0] == vocabulary:
                                best[0] = logits[row, step * THREADS + lane]
                                index[0] = step * THREADS + lane
                    top[lane] = best[0]
                    first[lane] = index[0]
                    T.tvm_storage_sync("shared")
                    # Every thread reads all partial results in one order, so that no tree needs a barrier a level.
                    best[0] = top[0]
                    index[0] = first[0]
                    for other in T.serial(THREADS):
                        # Through locals: TVM's barrier pass refuses shared memory inside a condition.
                        rival[0] = top[other]
                        rival_index[0] = first[other]
                        if rival[0] > best[0] or (rival[0] == best[0] and rival_index[0] < index[0]):
                            best[0] = rival[0]
                            index[0] = rival_index[0]
                    partial[0] = T.float32(0)
                    for step in T.serial(steps):
                        if step * THREADS + lane < vocabulary:
                            partial[0] = partial[0] + T.exp((logits[row, step * THREADS + lane] - best[0]) / T.max(temperature[row], T.float32(GREEDY)))
                    total[lane] = partial[0]
                    T.tvm_storage_sync("shared")
                    partial[0] = T.float32(0)
                    for other in T.serial(THREADS):
                        partial[0] = partial[0] + total[other]
                    for step in T.serial(steps):
                        if step * THREADS + lane < vocabulary:
                            if temperature[row] < T.float32(GREEDY):
                                probabilities[row, step * THREADS + lane] = T.Select(step * THREADS + lane == index[0], T.float32(1), T.float32(0))
                            else:
                                probabilities[row, step * THREADS + lane] = T.exp((logits[row, step * THREADS + lane] - best[0]) / temperature[row]) / partial[0]

    return kernel


def argsort(vocabulary):
    """probabilities [b, vocabulary] -> (values, ids int32), both [b, vocabulary], in the order of the ids: sample_with_top_p, the one function
    that web-llm hands them to, finds the nucleus without a sort, for a vocabulary of any size."""
    steps = -(-vocabulary // THREADS)

    @T.prim_func(private=True, s_tir=True)
    def kernel(probabilities_handle: T.handle, values_handle: T.handle, ids_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        b = T.int64()
        probabilities = T.match_buffer(probabilities_handle, (b, vocabulary), "float32")
        values = T.match_buffer(values_handle, (b, vocabulary), "float32")
        ids = T.match_buffer(ids_handle, (b, vocabulary), "int32")
        for row in T.thread_binding(b, "blockIdx.y"):
            for step in T.thread_binding(steps, "blockIdx.x"):
                for lane in T.thread_binding(THREADS, "threadIdx.x"):
                    with T.sblock("argsort"):
                        T.reads()
                        T.writes()
                        if step * THREADS + lane < vocabulary:
                            values[row, step * THREADS + lane] = probabilities[row, step * THREADS + lane]
                            ids[row, step * THREADS + lane] = step * THREADS + lane

    return kernel


def sample_with_top_p(vocabulary):
    """values and ids [b, vocabulary] of `argsort`, uniforms [m], row of each sample [m], top_p [b] -> ids [m]: inverse transform, in the order
    of the ids, within the nucleus: every token that is at least as likely as the least likely of the fewest whose mass reaches top_p. The
    threshold is found by bisection of the bits of positive floats, which are in the order of their values."""
    segment = -(-vocabulary // SAMPLE_THREADS)

    @T.prim_func(private=True, s_tir=True)
    def kernel(values_handle: T.handle, ids_handle: T.handle, uniform_handle: T.handle, row_handle: T.handle, top_p_handle: T.handle, out_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        b, m = T.int64(), T.int64()
        values = T.match_buffer(values_handle, (b, vocabulary), "float32")
        ids = T.match_buffer(ids_handle, (b, vocabulary), "int32")
        uniform = T.match_buffer(uniform_handle, (m,), "float32")
        row = T.match_buffer(row_handle, (m,), "int32")
        top_p = T.match_buffer(top_p_handle, (b,), "float32")
        out = T.match_buffer(out_handle, (m,), "int32")
        for sample in T.thread_binding(m, "blockIdx.x"):
            for lane in T.thread_binding(SAMPLE_THREADS, "threadIdx.x"):
                with T.sblock("sample"):
                    T.reads()
                    T.writes()
                    partials = T.sblock_alloc_buffer((SAMPLE_THREADS,), "float32", scope="shared")
                    partial = T.sblock_alloc_buffer((1,), "float32", scope="local")
                    value = T.sblock_alloc_buffer((1,), "float32", scope="local")
                    mass = T.sblock_alloc_buffer((1,), "float32", scope="local")
                    so_far = T.sblock_alloc_buffer((1,), "float32", scope="local")
                    threshold = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    # One bit pattern above every probability.
                    beyond = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    tried = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    first = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    choice = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    threshold[0] = 1
                    beyond[0] = 0x3F800002
                    for _halving in T.serial(T.Select(top_p[row[sample]] < T.float32(1), 31, 0)):
                        tried[0] = (threshold[0] + beyond[0]) // 2
                        partial[0] = T.float32(0)
                        for j in T.serial(segment):
                            value[0] = values[row[sample], T.min(lane * segment + j, vocabulary - 1)]
                            partial[0] = partial[0] + T.Select(
                                lane * segment + j < vocabulary and T.reinterpret("int32", value[0]) >= tried[0], value[0], T.float32(0)
                            )
                        partials[lane] = partial[0]
                        T.tvm_storage_sync("shared")
                        mass[0] = T.float32(0)
                        for other in T.serial(SAMPLE_THREADS):
                            mass[0] = mass[0] + partials[other]
                        T.tvm_storage_sync("shared")
                        if mass[0] >= top_p[row[sample]]:
                            threshold[0] = tried[0]
                        else:
                            beyond[0] = tried[0]
                    partial[0] = T.float32(0)
                    for j in T.serial(segment):
                        value[0] = values[row[sample], T.min(lane * segment + j, vocabulary - 1)]
                        partial[0] = partial[0] + T.Select(
                            lane * segment + j < vocabulary and T.reinterpret("int32", value[0]) >= threshold[0], value[0], T.float32(0)
                        )
                    partials[lane] = partial[0]
                    T.tvm_storage_sync("shared")
                    mass[0] = T.float32(0)
                    for other in T.serial(SAMPLE_THREADS):
                        mass[0] = mass[0] + partials[other]
                    # The last segment, and in it the last token, that begins at or before the drawn point of the mass.
                    partial[0] = T.float32(0)
                    so_far[0] = T.float32(0)
                    first[0] = 0
                    for other in T.serial(SAMPLE_THREADS):
                        value[0] = partials[other]
                        if value[0] > T.float32(0) and partial[0] <= uniform[sample] * mass[0]:
                            first[0] = other * segment
                            so_far[0] = partial[0]
                        partial[0] = partial[0] + value[0]
                    if lane == 0:
                        choice[0] = T.min(first[0], vocabulary - 1)
                        for j in T.serial(segment):
                            value[0] = values[row[sample], T.min(first[0] + j, vocabulary - 1)]
                            if first[0] + j < vocabulary and T.reinterpret("int32", value[0]) >= threshold[0] and so_far[0] <= uniform[sample] * mass[0]:
                                choice[0] = first[0] + j
                                so_far[0] = so_far[0] + value[0]
                        out[sample] = ids[row[sample], choice[0]]

    return kernel


def apply_logit_bias(vocabulary):
    """Adds bias[i] to logits[row[i], token[i]], in place."""

    @T.prim_func(private=True, s_tir=True)
    def kernel(logits_handle: T.handle, row_handle: T.handle, token_handle: T.handle, bias_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        b, n = T.int64(), T.int64()
        logits = T.match_buffer(logits_handle, (b, vocabulary), "float32")
        row = T.match_buffer(row_handle, (n,), "int32")
        token = T.match_buffer(token_handle, (n,), "int32")
        bias = T.match_buffer(bias_handle, (n,), "float32")
        for i in T.thread_binding(n, "blockIdx.x"):
            for _lane in T.thread_binding(1, "threadIdx.x"):
                with T.sblock("bias"):
                    T.reads()
                    T.writes()
                    logits[row[i], token[i]] = logits[row[i], token[i]] + bias[i]

    return kernel


def apply_penalty(vocabulary):
    """Presence, frequency and repetition penalties of the tokens that appeared, in place and in this order (as mlc-llm does)."""

    @T.prim_func(private=True, s_tir=True)
    def kernel(logits_handle: T.handle, sequence_handle: T.handle, position_handle: T.handle, token_handle: T.handle, count_handle: T.handle, penalty_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        b, s, n = T.int64(), T.int64(), T.int64()
        logits = T.match_buffer(logits_handle, (b, vocabulary), "float32")
        sequence = T.match_buffer(sequence_handle, (s,), "int32")
        position = T.match_buffer(position_handle, (n,), "int32")
        token = T.match_buffer(token_handle, (n,), "int32")
        count = T.match_buffer(count_handle, (n,), "int32")
        penalty = T.match_buffer(penalty_handle, (s, 3), "float32")
        for i in T.thread_binding(n, "blockIdx.x"):
            for _lane in T.thread_binding(1, "threadIdx.x"):
                with T.sblock("penalty"):
                    T.reads()
                    T.writes()
                    x = T.sblock_alloc_buffer((1,), "float32", scope="local")
                    x[0] = logits[sequence[position[i]], token[i]] - (penalty[position[i], 0] + T.cast(count[i], "float32") * penalty[position[i], 1])
                    logits[sequence[position[i]], token[i]] = T.Select(x[0] > T.float32(0), x[0] / penalty[position[i], 2], x[0] * penalty[position[i], 2])

    return kernel


def apply_bitmask(vocabulary):
    """Sets the logits of tokens whose bit is 0 to the lowest float, in place."""
    words = -(-vocabulary // 32)

    @T.prim_func(private=True, s_tir=True)
    def kernel(logits_handle: T.handle, sequence_handle: T.handle, mask_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        b, s = T.int64(), T.int64()
        logits = T.match_buffer(logits_handle, (b, vocabulary), "float32")
        sequence = T.match_buffer(sequence_handle, (s,), "int32")
        mask = T.match_buffer(mask_handle, (b, words), "int32")
        for row in T.thread_binding(s, "blockIdx.y"):
            for word in T.thread_binding(words, "blockIdx.x"):
                for lane in T.thread_binding(32, "threadIdx.x"):
                    with T.sblock("mask"):
                        T.reads()
                        T.writes()
                        if word * 32 + lane < vocabulary:
                            if (mask[sequence[row], word] >> lane) & 1 == 0:
                                logits[sequence[row], word * 32 + lane] = T.float32(LOWEST)

    return kernel
