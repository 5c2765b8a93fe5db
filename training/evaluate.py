"""Evaluates the pair on held-out prompts of the practice corpus, or of the wide one: loss against a 3-gram, accepted/drafted, and the rules of each
kind. Writes out/evaluation.json."""
import argparse
import json
import multiprocessing
import os
import pathlib
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import torch
import torch.nn.functional as F

import corpus
import pair
import rules
import tokenizer as tokens
from ngram import Trigram
from rounds import speculate
from train import as_shipped, load_checkpoint

GAMMA, TEMPERATURES = 4, (0.0, 0.8)
SEED = 1
# Prompts and tokens an answer, at most, of a kind that is slow to measure: where drafts fail, everything takes long.
LIMITS = {"hard": (12, 120)}


def answer_start(tokenizer, example):
    return len(tokens.prompt_ids(tokenizer, example["prompt"]))


@torch.no_grad()
def losses(network, tokenizer, examples):
    """Mean negative log-likelihood of the answers' tokens, the end mark included, nats a token."""
    total = count = 0
    for example in examples:
        ids = torch.tensor(tokenizer.encode(corpus.as_text([(example["prompt"], example["answer"])])).ids[: network.shape.context])
        start = answer_start(tokenizer, example)
        each = F.cross_entropy(network(ids[None, :-1])[0].float(), ids[1:], reduction="none")[start - 1:]
        total, count = total + float(each.sum()), count + len(each)
    return total / count


def trigram_loss(model, tokenizer, examples):
    """The same measure for the 3-gram."""
    total = count = 0
    for example in examples:
        ids = np.array(tokenizer.encode(corpus.as_text([(example["prompt"], example["answer"])])).ids)
        p = model.probabilities(ids)[answer_start(tokenizer, example) - 2:]
        total, count = total - float(np.log(p).sum()), count + len(p)
    return total / count


def acceptance(target, draft, tokenizer, examples, temperature, length):
    """-> {"accepted_per_drafted", "tokens_per_round", "drafted"} over the examples, and the answers as ids."""
    drafted = accepted = committed = rounds = 0
    answers = []
    for i, example in enumerate(examples):
        prompt = tokens.prompt_ids(tokenizer, example["prompt"])
        ids, tally = speculate(target, draft, prompt, length, GAMMA, temperature, torch.Generator().manual_seed(SEED + i))
        answers.append(ids)
        drafted, accepted = drafted + tally.drafted, accepted + tally.accepted
        committed, rounds = committed + tally.committed, rounds + tally.rounds
    figures = {"accepted_per_drafted": accepted / max(drafted, 1), "tokens_per_round": committed / max(rounds, 1), "drafted": drafted}
    return figures, answers


def kind_row(out: pathlib.Path, name: str, kind: str, prompts: int, length: int) -> dict:
    """All figures of one kind, on `prompts` held-out prompts of a corpus."""
    torch.set_num_threads(1)
    tokenizer = tokens.load(out)
    networks = {model: as_shipped(*load_checkpoint(out, model)) for model in pair.MODELS}
    trigram = Trigram(np.fromfile(out / name, dtype="<u2"), pair.TARGET.vocabulary)
    examples = tokens.CORPORA[name].examples(kind, "heldout", "evaluation", prompts)
    row = {"loss": {model: losses(network, tokenizer, examples) for model, network in networks.items()} | {"3-gram": trigram_loss(trigram, tokenizer, examples)}}
    for draft in ("draft", "weak-draft"):
        for temperature in TEMPERATURES:
            figures, answers = acceptance(networks["target"], networks[draft], tokenizer, examples, temperature, length)
            row[f"{draft} at temperature {temperature}"] = figures
            if draft == "draft" and temperature == 0:
                texts = [tokenizer.decode(ids) for ids in answers]
                right = [rules.right(kind, ids, text, e["check"]) for ids, text, e in zip(answers, texts, examples, strict=True)]
                row["right"] = {"count": sum(right), "of": len(right)}
                row["wrong"] = [{"prompt": e["prompt"], "answer": t} for e, t, ok in zip(examples, texts, right, strict=True) if not ok][:3]
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/models"))
    parser.add_argument("--prompts", type=int, default=50, help="held-out prompts a kind")
    parser.add_argument("--length", type=int, default=400, help="tokens an answer, at most")
    parser.add_argument("--corpus", choices=list(tokens.CORPORA), default="practice.bin", help="where the prompts come from and what the 3-gram counts")
    chosen = parser.parse_args()
    report = {"gamma": GAMMA, "prompts_per_kind": chosen.prompts, "kinds": {}}
    limits = {kind: LIMITS.get(kind, (chosen.prompts, chosen.length)) for kind in corpus.KINDS}
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as workers:
        rows = {kind: workers.submit(kind_row, chosen.out, chosen.corpus, kind, *limit) for kind, limit in limits.items()}
        for kind, row in rows.items():
            report["kinds"][kind] = row.result() | ({"prompts": limits[kind][0]} if limits[kind][0] != chosen.prompts else {})
            print(kind, json.dumps({k: v for k, v in report["kinds"][kind].items() if k != "wrong"}), flush=True)
    (chosen.out / "evaluation.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
