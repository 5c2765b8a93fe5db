"""Processes that train one network together on one machine: each computes the gradient of its own batch, and all make the same step.

    team.py SIZE COMMAND…    runs the command SIZE times, as a team
"""
import os
import socket
import subprocess
import sys
import time

import torch
import torch.distributed as distributed


class Team:
    """Of this process; alone unless team.py started it."""

    def __init__(self):
        self.rank, self.size = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
        if self.size > 1:
            distributed.init_process_group("gloo")

    def owns(self, i: int) -> bool:
        """Whether the i-th of many pieces of work is this process's."""
        return i % self.size == self.rank

    def mean(self, tensor: torch.Tensor) -> None:
        """Puts the mean over the team in its place."""
        if self.size > 1:
            distributed.all_reduce(tensor)
            tensor /= self.size

    def spread(self, tensor: torch.Tensor, i: int = 0) -> torch.Tensor:
        """-> the tensor of the owner of the i-th piece of work."""
        if self.size > 1:
            distributed.broadcast(tensor, i % self.size)
        return tensor

    def agree(self, value: float) -> float:
        """-> the first process's value."""
        return float(self.spread(torch.tensor(value, dtype=torch.float64)))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> None:
    size, command = int(sys.argv[1]), sys.argv[2:]
    common = os.environ | {"WORLD_SIZE": str(size), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    running = [subprocess.Popen([sys.executable, *command], env=common | {"RANK": str(rank)}) for rank in range(size)]
    # One that fails ends all: the others would wait for it.
    while all(each.poll() in (None, 0) for each in running) and any(each.poll() is None for each in running):
        time.sleep(0.2)
    for each in running:
        each.terminate()
    sys.exit(max(abs(each.wait()) for each in running))


if __name__ == "__main__":
    main()
