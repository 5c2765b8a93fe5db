"""Distils the good draft from a target: at every position of a corpus its distribution is drawn towards the target's. First from what train.py made of
draft-start and target-start on the wide corpus, then from there and the final target on the corpus of copies.

The expected acceptance of a draft token is 1 - TV(p, q) (Leviathan et al. 2023, section 3.2), so total variation joins the divergence KL(p || q).
"""
import argparse
import pathlib
from dataclasses import dataclass

import torch
import torch.nn.functional as F

import pair
import run
from batches import Batches
from train import as_shipped, compiled, load_checkpoint, load_start

VARIATION_WEIGHT = 0.5


@dataclass(frozen=True)
class Recipe:
    """Which target a draft is drawn to, what it starts from, what both read and how fast it learns."""

    target: str
    start: str
    corpus: str
    schedule: run.Schedule
    seed: int


RECIPES = {
    "draft-wide": Recipe("target-start", "draft-start", "corpus.bin", run.FROM_NOTHING, 11),
    "draft": Recipe("target", "draft-wide", "copies.bin", run.PRACTICE, 29),
}


def divergence(log_p: torch.Tensor, log_q: torch.Tensor) -> torch.Tensor:
    """KL(p || q) at every position, nats; log_p, log_q [..., vocabulary]."""
    return (log_p.exp() * (log_p - log_q)).sum(-1)


def variation(log_p: torch.Tensor, log_q: torch.Tensor) -> torch.Tensor:
    """TV(p, q) at every position."""
    return 0.5 * (log_p.exp() - log_q.exp()).abs().sum(-1)


def objective(log_p: torch.Tensor, log_q: torch.Tensor) -> torch.Tensor:
    """What the draft minimises at every position: KL(p || q) + VARIATION_WEIGHT * TV(p, q), nats."""
    return divergence(log_p, log_q) + VARIATION_WEIGHT * variation(log_p, log_q)


def loss_against(target, draft, batches):
    """-> a function of the step: the objective's mean over weighted positions, nats a token."""
    def loss(step):
        inputs, _, weights = batches.at(step)
        with torch.autocast("cpu", torch.bfloat16):
            with torch.no_grad():
                wanted = target(inputs)
            guessed = draft(inputs)
        each = objective(F.log_softmax(wanted.float(), -1), F.log_softmax(guessed.float(), -1))
        return (each * weights).sum() / weights.sum()
    return loss


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/models"), help="folder with the corpora and the models of the recipe")
    parser.add_argument("--model", choices=list(RECIPES), default="draft")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, help="default: what the shipped draft had")
    length.add_argument("--minutes", type=float, help="train for about this long")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--compile", action="store_true", help="compile most steps, which needs a C++ compiler: less work for the same steps")
    chosen = parser.parse_args()
    recipe = RECIPES[chosen.model]
    torch.manual_seed(recipe.seed)
    target, draft = as_shipped(*load_checkpoint(chosen.out, recipe.target)), load_start(chosen.out, recipe.start)
    forwards = [compiled(target), compiled(draft)] if chosen.compile else [target, draft]
    loss = loss_against(*forwards, Batches(chosen.out, recipe.seed, corpus=recipe.corpus))
    run.run(chosen.out / chosen.model, draft, loss, chosen.steps or pair.STEPS[chosen.model], chosen.minutes, chosen.resume, recipe.schedule)


if __name__ == "__main__":
    main()
