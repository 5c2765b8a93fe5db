"""Distils the good draft from the target: at every position of the corpus its distribution is drawn towards the target's. It starts from
what train.py made of draft-start.

The expected acceptance of a draft token is 1 - TV(p, q) (Leviathan et al. 2023, section 3.2), so total variation joins the divergence KL(p || q).
"""
import argparse
import pathlib

import torch
import torch.nn.functional as F

import pair
import run
from batches import Batches
from network import Network

SEED = 11
VARIATION_WEIGHT = 0.5


def load_network(out: pathlib.Path, name: str) -> Network:
    """The model's latest checkpoint, weights rounded to bfloat16 as they are shipped."""
    path = out / name / "checkpoint.pt"
    if not path.exists():
        raise SystemExit(f"{path} is missing. Train it first: the target and draft-start before the draft.")
    network = Network(pair.TARGET if name == "target" else pair.DRAFT)
    state = torch.load(path, weights_only=True)["state"]
    network.load_state_dict({key: value.bfloat16().float() for key, value in state.items()})
    return network.eval()


def loss_against(target, draft, batches):
    """-> a function of the step: mean over weighted positions of KL(p || q) + VARIATION_WEIGHT * TV(p, q), nats a token."""
    def loss(step):
        inputs, _, weights = batches.at(step)
        with torch.autocast("cpu", torch.bfloat16):
            with torch.no_grad():
                wanted = target(inputs)
            guessed = draft(inputs)
        log_p, log_q = F.log_softmax(wanted.float(), -1), F.log_softmax(guessed.float(), -1)
        p = log_p.exp()
        each = (p * (log_p - log_q)).sum(-1) + VARIATION_WEIGHT * 0.5 * (p - log_q.exp()).abs().sum(-1)
        return (each * weights).sum() / weights.sum()
    return loss


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/models"), help="folder with corpus.bin, target/ and draft-start/")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, help="default: what the shipped draft had")
    length.add_argument("--minutes", type=float, help="train for about this long")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    torch.manual_seed(chosen.seed)
    target, draft = load_network(chosen.out, "target"), load_network(chosen.out, "draft-start").train()
    run.run(chosen.out / "draft", draft, loss_against(target, draft, Batches(chosen.out, chosen.seed)), chosen.steps or pair.STEPS["draft"], chosen.minutes, chosen.resume)


if __name__ == "__main__":
    main()
