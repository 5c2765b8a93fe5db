"""How often a draft's tokens are accepted: SmolLM2 answers 60 requests that no training saw, greedily and at temperature 0.8, and the draft guesses at every place
of the answers.

    smollm2_evaluate.py --checkpoint FILE|FOLDER --kind KIND [--rounded] [--work build/smollm2/evaluation] [--out FILE]

At temperature 0 the rounds of GAMMA drafts are those that decoding has. At 0.8 a draft token's chance is the sum of min(p, q) over the vocabulary (Leviathan et al.
2023, section 3.2), on the target's own text; a round accepts up to the first that is not accepted, and the mean is taken over rounds that begin at every place.
"""
import argparse
import json
import pathlib
from collections.abc import Iterable, Iterator

import numpy as np
import torch
import torch.nn.functional as F

import smollm2
from network import Network
from quantised import Grid
from smollm2_answers import Conversation, Kept, Writer, converse, encoder
from smollm2_draft import GAMMA, KINDS, Answers, Draft, load

BENCH = pathlib.Path(__file__).parent.parent / "bench"
CHAT = [
    "Hi! What can you do for me?", "I slept badly. How do I get through the day?", "What is a good name for a bakery by the sea?", "Explain why the sky is blue.",
    "My friend forgot my birthday. What should I say?", "What should I cook tonight with rice and eggs?", "Tell me a fun fact about octopuses.",
    "How do I learn to play the guitar?", "What is the difference between weather and climate?", "Write a poem about the rain.",
    "How many continents are there, and what are they called?", "Give me three ideas for a weekend without money.", "Should I get a cat or a dog?",
]
TEMPERATURES = (0.0, 0.8)
ROWS, SEED = 60, 7
FOUR_BITS = Grid(4, 32, True)


def requests() -> Iterator[tuple[str, str]]:
    """-> (kind, request)"""
    for name in ("prompts.json", "prompts-smollm2.json"):
        for each in json.loads((BENCH / name).read_text()):
            yield each["kind"], each["prompt"]
    for request in CHAT:
        yield "chat", request


def write(folder: pathlib.Path, target: Network) -> None:
    encode = encoder()
    asked = [(kind, temperature, request) for temperature in TEMPERATURES for kind, request in requests()]
    waiting = (Conversation(i, kind, temperature, np.random.default_rng([SEED, i]), request, encode) for i, (kind, temperature, request) in enumerate(asked))
    kept = Kept(folder)
    for each in converse(Writer(target, encode(smollm2.SYSTEM), ROWS), waiting):
        kept.add(each)


def chances(draft: Draft, states: torch.Tensor, target: Network, guesses: list[torch.Tensor], temperature: float) -> list[torch.Tensor]:
    """The chance of a draft at every place to be accepted, by its depth. states: the target's, of the places."""
    logits = F.linear(states * target.norm, target.head)
    if temperature == 0:
        best = logits.argmax(-1)
        return [(draft.kept[guess.argmax(-1)] == best).float() for guess in guesses]
    p = (logits / temperature).softmax(-1)[:, draft.kept]
    return [torch.minimum(p, (guess / temperature).softmax(-1)).sum(-1) for guess in guesses]


def rounds(accepted: list[torch.Tensor], temperature: float) -> np.ndarray:
    """-> [GAMMA, 2]: by position of a draft, how many were judged and how many of those were accepted; expected ones above temperature 0."""
    places, tally = len(accepted[0]), np.zeros((GAMMA, 2))
    place = 0
    while place + GAMMA <= places:
        reached, went = 1.0, 0
        for depth in range(GAMMA):
            chance = float(accepted[depth][place + depth])
            tally[depth] += reached, reached * chance
            reached *= chance
            went += int(temperature == 0 and reached > 0)
        place += went + 1
    return tally


@torch.no_grad()
def figures(draft: Draft, target: Network, answers: Answers, conversations: Iterable[dict]) -> dict:
    """-> by temperature and kind, and "all": {"accepted_per_drafted", "by_position", "drafted"}"""
    tallies: dict[tuple[str, str], np.ndarray] = {}
    for each in conversations:
        ids, states, _, _ = answers.batch([each])
        at, end = len(answers.system) + each["answer"] - 1, len(answers.system) + len(each["ids"]) - 1
        steps = draft.steps(ids, states, GAMMA)
        guesses = [draft.logits(step[0, at:end]) for step in steps]
        tally = rounds(chances(draft, states[0, at:end], target, guesses, each["temperature"]), each["temperature"])
        for kind in (each["kind"], "all"):
            key = (str(each["temperature"]), kind)
            tallies[key] = tallies.get(key, 0) + tally
    found: dict[str, dict] = {}
    for (temperature, kind), tally in sorted(tallies.items()):
        rounds_ = max(tally[0, 0], 1)
        found.setdefault(temperature, {})[kind] = {
            "accepted_per_drafted": round(float(tally[:, 1].sum() / (GAMMA * rounds_)), 3),
            "by_position": [round(float(accepted / judged), 3) if judged else None for judged, accepted in tally],
            "drafted": int(GAMMA * tally[0, 0]),
        }
    return found


@torch.no_grad()
def rounded(draft: Draft) -> Draft:
    """With its matrices as they are shipped."""
    for each in draft.parameters():
        if each.ndim == 2:
            each.copy_(FOUR_BITS.quantise(each)[0])
    return draft


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=pathlib.Path, required=True, help="or the folder of a shipped draft")
    parser.add_argument("--kind", choices=list(KINDS), required=True)
    parser.add_argument("--rounded", action="store_true", help="with four bits a weight, as it is shipped")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("build/smollm2/evaluation"), help="folder of the answers, which are written first where it has none")
    parser.add_argument("--out", type=pathlib.Path)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    target = smollm2.load()
    if not (chosen.work / "answers.jsonl").exists():
        write(chosen.work, target)
    draft = load(chosen.checkpoint, chosen.kind, target)
    answers = Answers([chosen.work], target)
    found = figures(rounded(draft) if chosen.rounded else draft, target, answers, answers.every)
    text = json.dumps(found, indent=2)
    print(text)
    if chosen.out:
        chosen.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
