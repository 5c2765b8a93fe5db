"""Trains the target, what the good draft starts from, or the weak draft, on the corpus."""
import argparse
import pathlib

import torch
import torch.nn.functional as F

import pair
import run
from batches import Batches
from network import Network

SHAPES = {"target": pair.TARGET, "draft-start": pair.DRAFT, "weak-draft": pair.DRAFT}
SEED = 7


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
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/models"), help="folder with tokenizer.json and corpus.bin")
    parser.add_argument("--model", choices=list(SHAPES), default="target")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, help="default: what the shipped model had")
    length.add_argument("--minutes", type=float, help="train for about this long")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    torch.manual_seed(chosen.seed)
    batches = Batches(chosen.out, chosen.seed, only="story" if chosen.model == "weak-draft" else None)
    network = Network(SHAPES[chosen.model])
    run.run(chosen.out / chosen.model, network, loss_on_corpus(network, batches),
            chosen.steps or pair.STEPS[chosen.model], chosen.minutes, chosen.resume)


if __name__ == "__main__":
    main()
