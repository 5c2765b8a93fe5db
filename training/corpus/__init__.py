"""The corpus: conversations of seven kinds from a seed, and the split into what is trained on and what is held out."""
import hashlib
import random

import pair

from .answers import answers
from .code import code
from .copying import copying
from .counting import counting
from .hard import hard
from .record import record
from .story import story

GENERATORS = {"story": story, "json": record, "code": code, "counting": counting, "copy": copying, "answers": answers, "hard": hard}
KINDS = tuple(GENERATORS)
SHARES = {"story": .08, "json": .22, "code": .15, "counting": .17, "copy": .23, "answers": .12, "hard": .03}


def generate(kind, seed) -> dict:
    """One example: {"kind", "prompt", "answer", "check"}; the same for the same kind and seed. `check` is what a right answer must satisfy."""
    prompt, answer, check = GENERATORS[kind](random.Random(f"{kind}/{seed}"))
    return {"kind": kind, "prompt": prompt, "answer": answer, "check": check}


def split(prompt) -> str:
    """"heldout" for one prompt in sixteen, by the hash of its text; no training conversation holds such a prompt."""
    return "heldout" if hashlib.sha256(prompt.encode()).digest()[0] < 16 else "train"


def examples(kind, part, seed, count):
    """`count` examples of one kind from one part ("train" or "heldout") with different prompts."""
    found, seen, i = [], set(), 0
    while len(found) < count:
        example = generate(kind, f"{part}/{seed}/{i}")
        i += 1
        if split(example["prompt"]) == part and example["prompt"] not in seen:
            seen.add(example["prompt"])
            found.append(example)
    return found


def as_text(turns) -> str:
    """[(prompt, answer)] as the text that the models are trained on."""
    user, assistant, end = pair.SPECIAL_TOKENS
    return "".join(f"{user}{prompt}{end}{assistant}{answer}{end}" for prompt, answer in turns)


def conversation(seed) -> str:
    """A training conversation of one to three turns."""
    r = random.Random(f"conversation/{seed}")
    turns, wanted = [], r.choices([1, 2, 3], [86, 10, 4])[0]
    while len(turns) < wanted:
        prompt, answer, _ = GENERATORS[r.choices(KINDS, [SHARES[k] for k in KINDS])[0]](r)
        if split(prompt) == "train":
            turns.append((prompt, answer))
    return as_text(turns)
