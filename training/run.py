"""One resumable training run: a schedule, a loss, checkpoints and a log with an estimate of the time left."""
import os
import pathlib
import time

import torch

from batches import TOKENS_A_STEP
from optimizer import Optimizer

WARM_UP, DECAY_SHARE, LAST_SCALE = 60, 0.3, 0.02
SECONDS_A_CHECKPOINT = 90


def scale_at(step, steps):
    """Warm-up, constant, then linear decay over the last share of the steps: a run can be lengthened until its decay has begun."""
    decayed = max(0.0, (step - (1 - DECAY_SHARE) * steps) / (DECAY_SHARE * steps))
    return min(1.0, (step + 1) / WARM_UP) * (1 - decayed * (1 - LAST_SCALE))


def save(path: pathlib.Path, value):
    """Writes a file that is whole at any moment."""
    torch.save(value, path.with_suffix(".part"))
    os.replace(path.with_suffix(".part"), path)


def run(folder: pathlib.Path, network, loss_of_step, steps: int | None, minutes: float | None, resume: bool):
    """Trains `network` with loss_of_step(step) -> scalar tensor; leaves folder/checkpoint.pt {"state", "step"} and folder/train.log.

    With `minutes`, the number of steps is set when the constant phase has used its share of them, and logged: a run of that many steps repeats it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    optimizer, first, average, used = Optimizer(network), 0, None, 0.0
    if resume and (folder / "resume.pt").exists():
        saved = torch.load(folder / "resume.pt", weights_only=True)
        network.load_state_dict(saved["state"])
        optimizer.load_state_dict(saved["optimizer"])
        first, average, used = saved["step"], saved["average"], saved["seconds"]
        steps = saved["fixed_steps"] or steps
        minutes = None if saved["fixed_steps"] else minutes
    fixed = steps if minutes is None else None
    begun = time.monotonic() - used
    written = time.monotonic()
    with open(folder / "train.log", "a", encoding="utf-8") as log:
        def say(line):
            print(line, file=log, flush=True)
            print(line, flush=True)

        step = first
        say(f"from step {first}, " + (f"{fixed} steps" if fixed else f"{minutes} minutes"))
        while fixed is None or step < fixed:
            seconds = time.monotonic() - begun
            if fixed is None and seconds >= (1 - DECAY_SHARE) * minutes * 60:
                fixed = round(step / (1 - DECAY_SHARE))
                say(f"decay begins at step {step}: {fixed} steps in all")
            loss = loss_of_step(step)
            loss.backward()
            optimizer.step(scale_at(step, fixed) if fixed else min(1.0, (step + 1) / WARM_UP))
            step += 1
            average = float(loss.detach()) if average is None else 0.97 * average + 0.03 * float(loss.detach())
            if step % 20 == 0:
                seconds = time.monotonic() - begun
                left = (fixed - step) * seconds / step if fixed else minutes * 60 - seconds
                say(f"step {step} loss {average:.4f} {step * TOKENS_A_STEP / seconds:.0f} tokens/s, {seconds / 60:.1f} min, about {left / 60:.1f} min left")
            if time.monotonic() - written > SECONDS_A_CHECKPOINT or step == fixed:
                written = time.monotonic()
                save(folder / "checkpoint.pt", {"state": network.state_dict(), "step": step})
                save(folder / "resume.pt", {"state": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "average": average,
                                            "seconds": time.monotonic() - begun, "fixed_steps": fixed if minutes is not None else None})
        say(f"done: {step} steps, {(time.monotonic() - begun) / 60:.1f} min")
