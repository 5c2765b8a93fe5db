"""Drafts of several sizes and objectives for the shipped target, trained alike and side by side, to choose among them by what they make of a run.

    candidates.py train [--steps 340] [--resume]    from nothing, on the practice corpus; the target reads every batch once for all of them
    candidates.py evaluate [--prompts 12]           held-out loss and accepted/drafted, as evaluate.py measures them
    candidates.py export                            WORK/models: the shipped target with every candidate, for npm run bench -- --models FOLDER

All are far from the shipped draft, which learnt for many times as long: only their order says something.
"""
import argparse
import multiprocessing
import os
import pathlib
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F

import corpus
import export
import pair
import tokenizer as tokens
from batches import Batches
from distill import divergence, objective, variation
from evaluate import acceptance, losses
from library import compile as library
from network import Network
from optimizer import Optimizer
from run import FROM_NOTHING, SECONDS_A_CHECKPOINT, save
from shipped import load_shipped
from train import as_shipped

CORPUS, CONVERSATIONS, SEED = "practice.bin", 40_000, 37
# Tokens of an answer, at most, for the acceptance.
LENGTH = 120


@dataclass(frozen=True)
class Candidate:
    """A draft's shape, and what draws it to the target at every position; None: nothing does, it learns the corpus itself."""

    shape: pair.Shape
    objective: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] | None = objective

    def loss(self, log_p: torch.Tensor, log_q: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        """At every position, nats; log_p, log_q [rows, time, vocabulary], ids [rows, time] of the corpus."""
        return F.nll_loss(log_q.transpose(1, 2), ids, reduction="none") if self.objective is None else self.objective(log_p, log_q)


def sized(layers: int, hidden: int) -> pair.Shape:
    """The draft's shape with other sizes: heads of 64, one of them for keys and values where there are two."""
    heads = hidden // 64
    return replace(pair.DRAFT, layers=layers, hidden=hidden, feed_forward=2 * hidden, heads=heads, kv_heads=max(1, heads // 2))


CANDIDATES = {
    "1x64": Candidate(sized(1, 64)),
    "1x128": Candidate(sized(1, 128)),
    "2x128": Candidate(pair.DRAFT),
    "4x128": Candidate(sized(4, 128)),
    "2x256": Candidate(sized(2, 256)),
    "2x128-divergence": Candidate(pair.DRAFT, divergence),
    "2x128-variation": Candidate(pair.DRAFT, variation),
    "2x128-corpus": Candidate(pair.DRAFT, None),
}


def train(work: pathlib.Path, models: pathlib.Path, steps: int, resume: bool) -> None:
    work.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(models / "target" / "resolve" / "main" / "tokenizer.json", work / "tokenizer.json")
    if not (work / CORPUS).exists():
        print(tokens.write_corpus(work, CORPUS, SEED, CONVERSATIONS), "tokens", flush=True)
    target, batches = load_shipped(models, "target", pair.TARGET), Batches(work, SEED, corpus=CORPUS)
    networks = {}
    for name, candidate in CANDIDATES.items():
        torch.manual_seed(SEED)
        networks[name] = Network(candidate.shape)
    optimizers = {name: Optimizer(network) for name, network in networks.items()}
    step, checkpoint, averages = 0, work / "candidates.pt", dict.fromkeys(CANDIDATES, 0.0)
    if resume and checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        step, averages = saved["step"], saved["averages"]
        for name in CANDIDATES:
            networks[name].load_state_dict(saved["networks"][name])
            optimizers[name].load_state_dict(saved["optimizers"][name])
    begun, first, written = time.monotonic(), step, time.monotonic()
    while step < steps:
        inputs, ids, weights = batches.at(step)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            log_p = F.log_softmax(target(inputs).float(), -1)
        for name, network in networks.items():
            with torch.autocast("cpu", torch.bfloat16):
                guessed = network(inputs)
            loss = (CANDIDATES[name].loss(log_p, F.log_softmax(guessed.float(), -1), ids) * weights).sum() / weights.sum()
            loss.backward()
            optimizers[name].step(FROM_NOTHING.scale(step, step / steps))
            averages[name] += (float(loss.detach()) - averages[name]) / min(step + 1, 30)
        step += 1
        if step % 20 == 0:
            left = (time.monotonic() - begun) / (step - first) * (steps - step) / 60
            print(f"step {step}, about {left:.0f} min left: " + ", ".join(f"{name} {loss:.3f}" for name, loss in averages.items()), flush=True)
        if time.monotonic() - written > SECONDS_A_CHECKPOINT or step == steps:
            written = time.monotonic()
            states = {name: network.state_dict() for name, network in networks.items()}
            moments = {name: optimizer.state_dict() for name, optimizer in optimizers.items()}
            save(checkpoint, {"step": step, "averages": averages, "networks": states, "optimizers": moments})


def trained(work: pathlib.Path, name: str) -> dict[str, torch.Tensor]:
    """The parameters of a candidate."""
    return torch.load(work / "candidates.pt", weights_only=True)["networks"][name]


def figures(work: pathlib.Path, models: pathlib.Path, name: str, prompts: int) -> dict:
    """Parameters, and by kind the loss, nats a token of the answer, and accepted/drafted at temperature 0, on held-out prompts."""
    torch.set_num_threads(1)
    tokenizer, target, draft = tokens.load(work), load_shipped(models, "target", pair.TARGET), as_shipped(CANDIDATES[name].shape, trained(work, name))
    kinds = {}
    for kind in corpus.KINDS[:6]:
        examples = tokens.CORPORA[CORPUS].examples(kind, "heldout", "evaluation", prompts)
        accepted, _ = acceptance(target, draft, tokenizer, examples, 0.0, LENGTH)
        kinds[kind] = {"loss": losses(draft, tokenizer, examples), "accepted": accepted["accepted_per_drafted"]}
    return {"parameters": export.parameters(draft.state_dict()), "kinds": kinds}


def evaluate(work: pathlib.Path, models: pathlib.Path, prompts: int) -> None:
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as workers:
        rows = {name: workers.submit(figures, work, models, name, prompts) for name in CANDIDATES}
        for name, row in rows.items():
            row = row.result()
            mean = {key: sum(kind[key] for kind in row["kinds"].values()) / len(row["kinds"]) for key in ("loss", "accepted")}
            kinds = ", ".join(f"{kind} {each['accepted']:.2f}" for kind, each in row["kinds"].items())
            print(f"{name}: {row['parameters']:,} parameters, loss {mean['loss']:.3f}, accepted/drafted {mean['accepted']:.2f} ({kinds})", flush=True)


def export_all(work: pathlib.Path, models: pathlib.Path) -> None:
    out = work / "models"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(models, out)
    library.compile_runtime(str(work / "runtime"))
    compiled = {}
    for name, candidate in CANDIDATES.items():
        if candidate.shape not in compiled:
            library.compile_variants(candidate.shape, str(work / "runtime"), str(out / "libraries"), name)
            compiled[candidate.shape] = export.libraries(out, name)
        (work / name).mkdir(exist_ok=True)
        torch.save({"state": trained(work, name)}, work / name / "checkpoint.pt")
        export.add_draft(work, out, name, name, candidate.shape, compiled[candidate.shape])
    print(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("build/candidates"), help="folder of the work in progress")
    parser.add_argument("--models", type=pathlib.Path, default=pathlib.Path("public/models"), help="folder with the shipped pair")
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train")
    training.add_argument("--steps", type=int, default=340)
    training.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    commands.add_parser("evaluate").add_argument("--prompts", type=int, default=12, help="held-out prompts a kind")
    commands.add_parser("export")
    chosen = parser.parse_args()
    if chosen.command == "train":
        train(chosen.work, chosen.models, chosen.steps, chosen.resume)
    elif chosen.command == "evaluate":
        evaluate(chosen.work, chosen.models, chosen.prompts)
    else:
        export_all(chosen.work, chosen.models)


if __name__ == "__main__":
    main()
