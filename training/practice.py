"""Practice after school: what the trained pair does least well (number words, long word lists, arithmetic) makes up most of another, smaller corpus.
First the target trains on it, then the draft is distilled from that target on the same text.

    practice.py corpus|target|draft [--out build/models]

The whole corpus's kinds stay in the mixture, so that nothing else is forgotten.
"""
import argparse
import pathlib
import random
import re

import numpy as np
import torch

import corpus
import pair
import run
import tokenizer as tokens
from batches import Batches
from distill import load_network, loss_against
from network import Network
from train import loss_on_corpus

CONVERSATIONS = 60_000
SHARES = {"story": .06, "json": .09, "code": .09, "counting": .42, "copy": .27, "answers": .06, "hard": .01}
STEPS = {"target": 1000, "draft": 900}
SEED = 23
NUMBER_WORD = re.compile(r"\b(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|\w+teen|ten|eleven|twelve|in words)\b")
# What of a kind is drawn until it is met, every other time.
WANTED = {
    "counting": lambda prompt, answer: NUMBER_WORD.search(prompt) is not None,
    "copy": lambda prompt, answer: not answer.endswith("."),
}
# The folder of each model's last weights.
FINAL = {"target": "practised/target", "draft": "practised/draft", "weak-draft": "weak-draft"}


def load(out: pathlib.Path, name: str) -> Network:
    """A model of the pair as it is shipped: its last weights, rounded to bfloat16."""
    folder = out / FINAL[name]
    return load_network(folder.parent, folder.name)


def conversation(seed) -> str:
    """A conversation of one turn, of a kind by SHARES."""
    r = random.Random(f"practice/{seed}")
    kind = r.choices(list(SHARES), list(SHARES.values()))[0]
    picky = kind in WANTED and r.random() < .5
    while True:
        prompt, answer, _ = corpus.GENERATORS[kind](r)
        if corpus.split(prompt) == "train" and (not picky or WANTED[kind](prompt, answer)):
            return corpus.as_text([(prompt, answer)])


def write_corpus(out: pathlib.Path) -> None:
    """Writes out/practised/corpus.bin, token ids like those of out/corpus.bin."""
    folder = out / "practised"
    folder.mkdir(exist_ok=True)
    encoded = tokens.load(out).encode_batch([conversation(i) for i in range(CONVERSATIONS)])
    np.concatenate([np.array(e.ids, dtype="<u2") for e in encoded]).tofile(folder / "corpus.bin")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=["corpus", *STEPS])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/models"), help="folder with the trained pair")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    chosen = parser.parse_args()
    if chosen.part == "corpus":
        write_corpus(chosen.out)
        return
    torch.manual_seed(SEED)
    batches = Batches(chosen.out / "practised", SEED)
    network = load_network(chosen.out, chosen.part).train()
    loss = loss_on_corpus(network, batches) if chosen.part == "target" else loss_against(load(chosen.out, "target"), network, batches)
    run.run(chosen.out / FINAL[chosen.part], network, loss, STEPS[chosen.part], None, chosen.resume)


if __name__ == "__main__":
    main()
