"""One resumable training run: a schedule, a loss, checkpoints and a log with an estimate of the time left."""
import os
import pathlib
import time
from dataclasses import dataclass

import torch

from batches import TOKENS_A_STEP
from optimizer import Optimizer
from team import Team

WARM_UP, LAST_SCALE = 60, 0.02
SECONDS_A_CHECKPOINT = 90


@dataclass(frozen=True)
class Schedule:
    """Of the learning rate: warm-up to `peak` times the base rate, constant, then linear decay over the last share of the run."""

    peak: float
    decay_share: float
    warm_up: int = WARM_UP

    def scale(self, step: int, progress: float) -> float:
        """progress: the share of the run that is over, 0 to 1."""
        decayed = max(0.0, (progress - (1 - self.decay_share)) / self.decay_share)
        return self.peak * min(1.0, (step + 1) / self.warm_up) * (1 - min(1.0, decayed) * (1 - LAST_SCALE))


# From nothing: a run can be lengthened until its decay has begun. After that: what was learnt is to be kept, so half the rate, falling at once.
FROM_NOTHING, PRACTICE = Schedule(1.0, 0.3), Schedule(0.5, 1.0)


def save(path: pathlib.Path, value):
    """Writes a file that is whole at any moment."""
    torch.save(value, path.with_suffix(".part"))
    os.replace(path.with_suffix(".part"), path)


def run(folder: pathlib.Path, network, loss_of_step, steps: int | None, minutes: float | None, resume: bool, schedule: Schedule = FROM_NOTHING, team: Team | None = None, kind=torch.bfloat16):
    """Trains `network` with loss_of_step(step) -> scalar tensor; leaves folder/checkpoint.pt {"state", "step"} and folder/train.log.

    With `minutes`, the schedule follows the clock, and the log tells how many steps that made: a run of that many steps comes close to it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    team = team or Team()
    optimizer, step, average, used = Optimizer(network, team, kind), 0, None, 0.0
    if resume and (folder / "resume.pt").exists():
        saved = torch.load(folder / "resume.pt", weights_only=True)
        network.load_state_dict(saved["state"])
        optimizer.load_state_dict(saved["optimizer"])
        step, average, used = saved["step"], saved["average"], saved["seconds"]
    begun = time.monotonic() - used
    written = time.monotonic()

    def seconds():
        return time.monotonic() - begun

    def progress():
        return team.agree(step / steps if minutes is None else seconds() / (60 * minutes))

    with open(folder / "train.log", "a", encoding="utf-8") as log:
        def say(line):
            if team.rank == 0:
                print(line, file=log, flush=True)
                print(line, flush=True)

        say(f"from step {step}, " + (f"{steps} steps" if minutes is None else f"{minutes} minutes"))
        over = progress()
        while over < 1:
            loss = loss_of_step(step)
            loss.backward()
            optimizer.step(schedule.scale(step, over))
            step += 1
            over = progress()
            average = float(loss.detach()) if average is None else 0.97 * average + 0.03 * float(loss.detach())
            if step % 20 == 0:
                left = seconds() * (1 / over - 1) / 60
                say(f"step {step} loss {average:.4f} {step * TOKENS_A_STEP / seconds():.0f} tokens/s, {seconds() / 60:.1f} min, about {left:.1f} min left")
            if team.rank == 0 and (time.monotonic() - written > SECONDS_A_CHECKPOINT or over >= 1):
                written = time.monotonic()
                save(folder / "checkpoint.pt", {"state": network.state_dict(), "step": step})
                save(folder / "resume.pt", {"state": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "average": average, "seconds": seconds()})
        say(f"done: {step} steps, {seconds() / 60:.1f} min")
