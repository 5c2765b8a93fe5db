"""The corpora: conversations of seven kinds from a seed, and the split into what is trained on and what is held out.

WIDE is what the models learn first; PRACTICE covers less of each kind and is what they train on next and are measured on; COPIES is the same with
more of the kind that takes longest to learn, and is what they train on last.
"""
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import pair

from . import answers, code, copying, counting, hard, practice_copying, practice_counting, record, story

PATIENCE = 20_000
KINDS = ("story", "json", "code", "counting", "copy", "answers", "hard")


@dataclass(frozen=True)
class Corpus:
    """Generators by kind and how often each is drawn. `prefix` keeps the random numbers of two corpora apart."""

    prefix: str
    generators: dict[str, Callable[[random.Random], tuple[str, str, dict]]]
    shares: dict[str, float]

    def generate(self, kind: str, seed: str) -> dict:
        """One example: {"kind", "prompt", "answer", "check"}; the same for the same kind and seed. `check` is what a right answer must satisfy."""
        prompt, answer, check = self.generators[kind](random.Random(f"{self.prefix}{kind}/{seed}"))
        return {"kind": kind, "prompt": prompt, "answer": answer, "check": check}

    def examples(self, kind: str, part: str, seed: str, count: int) -> list[dict]:
        """`count` examples of one kind from one part ("train" or "heldout") with different prompts.

        Raises ValueError where the kind does not have so many, which shows in that none of PATIENCE prompts in a row is new.
        """
        found, seen, i, last = [], set(), 0, 0
        while len(found) < count:
            if i - last > PATIENCE:
                raise ValueError(f"{kind} has {len(found)} different prompts of {part}, not {count}. Ask for fewer.")
            example = self.generate(kind, f"{part}/{seed}/{i}")
            i += 1
            if split(example["prompt"]) == part and example["prompt"] not in seen:
                seen.add(example["prompt"])
                found.append(example)
                last = i
        return found

    def conversation(self, seed: str) -> str:
        """A training conversation of one to three turns."""
        r = random.Random(f"{self.prefix}conversation/{seed}")
        turns, wanted = [], r.choices([1, 2, 3], [86, 10, 4])[0]
        while len(turns) < wanted:
            prompt, answer, _ = self.generators[r.choices(KINDS, [self.shares[kind] for kind in KINDS])[0]](r)
            if split(prompt) == "train":
                turns.append((prompt, answer))
        return as_text(turns)


WIDE = Corpus(
    "",
    dict(zip(KINDS, (story.story, record.record, code.code, counting.counting, copying.copying, answers.answers, hard.hard), strict=True)),
    {"story": .08, "json": .22, "code": .15, "counting": .17, "copy": .23, "answers": .12, "hard": .03},
)
PRACTICE = Corpus(
    "practice/",
    WIDE.generators | {"code": code.practised, "counting": practice_counting.counting, "copy": practice_copying.copying, "answers": answers.practised},
    {"story": .09, "json": .16, "code": .13, "counting": .29, "copy": .19, "answers": .12, "hard": .02},
)
COPIES = replace(PRACTICE, prefix="copies/", shares={"story": .07, "json": .10, "code": .08, "counting": .17, "copy": .50, "answers": .07, "hard": .01})


def split(prompt) -> str:
    """"heldout" for one prompt in sixteen, by the hash of its text; no training conversation holds such a prompt."""
    return "heldout" if hashlib.sha256(prompt.encode()).digest()[0] < 16 else "train"


def as_text(turns) -> str:
    """[(prompt, answer)] as the text that the models are trained on."""
    user, assistant, end = pair.SPECIAL_TOKENS
    return "".join(f"{user}{prompt}{end}{assistant}{answer}{end}" for prompt, answer in turns)
