"""Trains the target, what the good draft starts from, or the weak draft: from nothing on the wide corpus, or the target further on the corpora after it."""
import argparse
import pathlib
from dataclasses import dataclass

import torch
import torch.nn.functional as F

import pair
import run
from batches import LENGTHS, Batches
from library.layout import lay_out, restore
from network import Network, from_arrays, to_arrays


@dataclass(frozen=True)
class Recipe:
    """What a model starts from (None: nothing), what it reads and how fast it learns."""

    shape: pair.Shape
    start: str | None = None
    corpus: str = "corpus.bin"
    only: str | None = None
    schedule: run.Schedule = run.FROM_NOTHING
    seed: int = 7


RECIPES = {
    "target-start": Recipe(pair.TARGET),
    "target-practice": Recipe(pair.TARGET, start="target-start", corpus="practice.bin", schedule=run.PRACTICE, seed=23),
    "target": Recipe(pair.TARGET, start="target-practice", corpus="copies.bin", schedule=run.PRACTICE, seed=31),
    "draft-start": Recipe(pair.DRAFT),
    "weak-draft": Recipe(pair.DRAFT, only="story"),
}


def as_shipped(shape: pair.Shape, state: dict[str, torch.Tensor]) -> Network:
    """A network with a checkpoint's weights, rounded as they are shipped."""
    return from_arrays(shape, restore(lay_out(to_arrays(state), shape), shape))


def load_checkpoint(out: pathlib.Path, name: str) -> tuple[pair.Shape, dict[str, torch.Tensor]]:
    """The shape of a model and the parameters of its latest checkpoint."""
    path = out / name / "checkpoint.pt"
    if not path.exists():
        raise SystemExit(f"{path} is missing. Train {name} first.")
    return pair.TARGET if name.startswith("target") else pair.DRAFT, torch.load(path, weights_only=True)["state"]


def load_start(out: pathlib.Path, name: str) -> Network:
    """What is trained further: a model's latest checkpoint, not rounded."""
    shape, state = load_checkpoint(out, name)
    return from_arrays(shape, to_arrays(state)).train()


def compiled(network: Network):
    """The network's forward, compiled for the most frequent length of a sequence; the others would not pay back their compilation."""
    length, fast = LENGTHS[0][0], torch.compile(network, dynamic=False)
    return lambda ids: (fast if ids.shape[1] == length else network)(ids)


def loss_on_corpus(network, batches):
    """-> a function of the step: weighted cross-entropy, nats a token."""
    def loss(step):
        inputs, targets, weights = batches.at(step)
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(inputs)
        each = F.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), reduction="none").view_as(weights)
        return (each * weights).sum() / weights.sum()
    return loss


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/models"), help="folder with tokenizer.json and the corpora")
    parser.add_argument("--model", choices=list(RECIPES), default="target")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, help="default: what the shipped model had")
    length.add_argument("--minutes", type=float, help="train for about this long")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--compile", action="store_true", help="compile most steps, which needs a C++ compiler: a quarter less work")
    chosen = parser.parse_args()
    recipe = RECIPES[chosen.model]
    torch.manual_seed(recipe.seed)
    batches = Batches(chosen.out, recipe.seed, recipe.only, recipe.corpus)
    network = load_start(chosen.out, recipe.start) if recipe.start else Network(recipe.shape)
    forward = compiled(network) if chosen.compile else network
    run.run(chosen.out / chosen.model, network, loss_on_corpus(forward, batches),
            chosen.steps or pair.STEPS[chosen.model], chosen.minutes, chosen.resume, recipe.schedule)


if __name__ == "__main__":
    main()
