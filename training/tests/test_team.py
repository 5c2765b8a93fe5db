"""Two processes make the steps that one makes of both batches."""
import json
import pathlib
import subprocess
import sys

import pytest

pytest.importorskip("torch")

HERE = pathlib.Path(__file__).parents[1]
STEPS = """
import json, sys
sys.path.insert(0, sys.argv[1])
import torch
from optimizer import Optimizer
from team import Team
torch.set_num_threads(1)
team = Team()
torch.manual_seed(0)
network = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.Linear(16, 4))
optimizer = Optimizer(network, team, torch.float32)
rows = torch.randn(6, 8, generator=torch.Generator().manual_seed(1))
for step in range(3):
    network(rows[team.rank::team.size]).pow(2).mean().backward()
    optimizer.step(1.0)
print(json.dumps([p.flatten().tolist() for p in network.parameters()]))
"""


def steps(tmp_path: pathlib.Path, *before: str) -> list:
    script = tmp_path / "steps.py"
    script.write_text(STEPS)
    found = subprocess.run([sys.executable, *before, str(script), str(HERE)], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in found.stdout.splitlines()]


def test_a_team_makes_the_steps_of_one_process(tmp_path):
    [alone] = steps(tmp_path)
    first, second = steps(tmp_path, str(HERE / "team.py"), "2")
    assert first == second
    for mine, theirs in zip(alone, first, strict=True):
        assert theirs == pytest.approx(mine, abs=1e-5)


def test_one_that_fails_ends_the_team(tmp_path):
    script = tmp_path / "fails.py"
    script.write_text("import os, sys, time\nif os.environ['RANK'] == '1': sys.exit(3)\ntime.sleep(600)\n")
    ended = subprocess.run([sys.executable, str(HERE / "team.py"), "2", str(script)], timeout=120, check=False)
    assert ended.returncode != 0
