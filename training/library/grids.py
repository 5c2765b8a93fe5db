"""How many threads and workgroups a product has."""

# Columns of a thread of a product with grouped weights, in blocks of four: what is read of x serves them all.
QUADS = 4


def threads_for(columns, quads):
    """Threads of a workgroup: whole subgroups of four, up to 32, and an even number of workgroups where that can be, so that no core waits."""
    even = [threads for threads in range(4, 33, 4) if columns // (4 * quads) % (2 * threads) == 0]
    return max(even, default=4)


def grid_for(columns):
    """-> threads of a workgroup and workgroups that cover so many columns; threads beyond the last column compute the last ones again. More
    workgroups than these are not safe by that: TVM knows how many workgroups there are and drops the bound where they end with the last column, and a
    kernel returns from those beyond the number that its launch tells it (packGridDimX)."""
    threads = threads_for(columns, QUADS)
    return threads, -(-columns // (4 * QUADS * threads))
