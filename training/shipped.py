"""The shipped weights as checkpoints, so that the practice can be repeated, or another begun, without the training before it.

    shipped.py [--models public/models] [--out build/models]

Writes tokenizer.json, target-start, draft-wide and weak-draft, which build.py would train from nothing, and started-from.json, for the card.
"""
import argparse
import json
import pathlib
import shutil

import torch

import pair
from library.layout import read, restore
from network import Network, from_arrays

CHECKPOINTS = {"target-start": "target", "draft-wide": "draft", "weak-draft": "weak-draft"}


def load_shipped(models: pathlib.Path, name: str, shape: pair.Shape) -> Network:
    """A shipped model as a network."""
    return from_arrays(shape, restore(read(models / name / "resolve" / "main"), shape))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=pathlib.Path, default=pathlib.Path("public/models"), help="folder that the page serves")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/models"), help="folder of the work in progress")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(chosen.models / "target" / "resolve" / "main" / "tokenizer.json", chosen.out / "tokenizer.json")
    commit = json.loads((chosen.models / "manifest.json").read_text())["built"]["commit"]
    (chosen.out / "started-from.json").write_text(json.dumps({"commit": commit, "weights": "int8"}) + "\n")
    for checkpoint, name in CHECKPOINTS.items():
        (chosen.out / checkpoint).mkdir(exist_ok=True)
        torch.save({"state": load_shipped(chosen.models, name, pair.MODELS[name]).state_dict(), "step": 0}, chosen.out / checkpoint / "checkpoint.pt")


if __name__ == "__main__":
    main()
