"""Kernels of the sampling functions that web-llm asks a library for. One workgroup a row where a row is reduced; every order of
operations depends on the vocabulary alone."""
from tvm.script import tirx as T

THREADS = 256
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
                    # Every thread reads all 256 partial results in one order, so that no tree needs a barrier a level.
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
    """probabilities [b, vocabulary] -> (values, ids int32), both [b, vocabulary], largest first and the lowest id first among equals:
    a bitonic sort of one row in workgroup memory, for vocabularies of up to 4,096."""
    size = 1 << (vocabulary - 1).bit_length()
    if size > 4096:
        raise ValueError(f"a row of {vocabulary} does not fit in 32 KiB of workgroup memory")
    stages = size.bit_length() - 1
    pairs = max(1, size // 2 // THREADS)

    @T.prim_func(private=True, s_tir=True)
    def kernel(probabilities_handle: T.handle, values_handle: T.handle, ids_handle: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        b = T.int64()
        probabilities = T.match_buffer(probabilities_handle, (b, vocabulary), "float32")
        values = T.match_buffer(values_handle, (b, vocabulary), "float32")
        ids = T.match_buffer(ids_handle, (b, vocabulary), "int32")
        for row in T.thread_binding(b, "blockIdx.x"):
            for lane in T.thread_binding(THREADS, "threadIdx.x"):
                with T.sblock("argsort"):
                    T.reads()
                    T.writes()
                    key = T.sblock_alloc_buffer((size,), "float32", scope="shared")
                    tag = T.sblock_alloc_buffer((size,), "int32", scope="shared")
                    low = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    high = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    swap = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    low_key = T.sblock_alloc_buffer((1,), "float32", scope="local")
                    high_key = T.sblock_alloc_buffer((1,), "float32", scope="local")
                    low_tag = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    high_tag = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    for step in T.serial(-(-size // THREADS)):
                        if step * THREADS + lane < size:
                            # What pads the row to a power of two sorts behind every probability.
                            key[step * THREADS + lane] = T.Select(
                                step * THREADS + lane < vocabulary, probabilities[row, T.min(step * THREADS + lane, vocabulary - 1)], T.float32(-1)
                            )
                            tag[step * THREADS + lane] = step * THREADS + lane
                    T.tvm_storage_sync("shared")
                    for stage in T.serial(stages):
                        for inner in T.serial(stage + 1):
                            for pair in T.serial(pairs):
                                if pair * THREADS + lane < size // 2:
                                    # Pair number i compares places that differ in one bit, at distance 2^(stage - inner).
                                    low[0] = (((pair * THREADS + lane) >> (stage - inner)) << (stage - inner + 1)) | (
                                        (pair * THREADS + lane) & ((1 << (stage - inner)) - 1)
                                    )
                                    high[0] = low[0] | (1 << (stage - inner))
                                    low_key[0] = key[low[0]]
                                    high_key[0] = key[high[0]]
                                    low_tag[0] = tag[low[0]]
                                    high_tag[0] = tag[high[0]]
                                    swap[0] = T.Select(
                                        high_key[0] > low_key[0] or (high_key[0] == low_key[0] and high_tag[0] < low_tag[0]), T.int32(1), T.int32(0)
                                    )
                                    if swap[0] != ((low[0] >> (stage + 1)) & 1):
                                        key[low[0]] = high_key[0]
                                        key[high[0]] = low_key[0]
                                        tag[low[0]] = high_tag[0]
                                        tag[high[0]] = low_tag[0]
                            T.tvm_storage_sync("shared")
                    for step in T.serial(-(-vocabulary // THREADS)):
                        if step * THREADS + lane < vocabulary:
                            values[row, step * THREADS + lane] = key[step * THREADS + lane]
                            ids[row, step * THREADS + lane] = tag[step * THREADS + lane]

    return kernel


def sample_with_top_p(vocabulary):
    """sorted values and ids [b, vocabulary], uniforms [m], row of each sample [m], top_p [b] -> ids [m]: inverse transform within the
    smallest prefix whose mass reaches top_p."""

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
            for _lane in T.thread_binding(1, "threadIdx.x"):
                with T.sblock("sample"):
                    T.reads()
                    T.writes()
                    mass = T.sblock_alloc_buffer((1,), "float32", scope="local")
                    so_far = T.sblock_alloc_buffer((1,), "float32", scope="local")
                    choice = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    length = T.sblock_alloc_buffer((1,), "int32", scope="local")
                    mass[0] = T.float32(0)
                    length[0] = 0
                    for j in T.serial(vocabulary):
                        if mass[0] < top_p[row[sample]] and values[row[sample], j] > T.float32(0):
                            mass[0] = mass[0] + values[row[sample], j]
                            length[0] = j + 1
                    so_far[0] = T.float32(0)
                    choice[0] = 0
                    for j in T.serial(vocabulary):
                        if j < length[0] and (j == 0 or so_far[0] <= uniform[sample] * mass[0]):
                            choice[0] = j
                            so_far[0] = so_far[0] + values[row[sample], j]
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
