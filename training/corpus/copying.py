"""Copies: a passage again, exactly, or with one word replaced."""
import re

from . import reference
from .record import a_name
from .story import story
from .words import ADJECTIVES, CITIES, COLORS, DAYS, FIRST, GOODS, JOBS, LAST, MOVED, NOUNS, PLACES, THINGS, capital, invented, with_article

RENAMES = [
    "Rewrite this with the name changed from {a} to {b}: {t}", "Rewrite this with {a} changed to {b}: {t}", "Change {a} to {b}: {t}",
    "Replace {a} with {b}: {t}", "Rewrite with the name {b} instead of {a}: {t}", "Copy this, but call {a} {b}: {t}",
    "Replace the word {a} with {b} in this text: {t}", "Rewrite this and use {b} instead of {a}: {t}", "replace {a} with {b}: {t}",
    "Copy this text and change {a} to {b}: {t}",
]
REPEATS = ["Repeat this: {t}", "Copy this exactly: {t}", "Say this again: {t}", "Repeat after me: {t}", "Copy this: {t}", "repeat: {t}",
           "Write this again: {t}", "Repeat this text exactly: {t}"]


def _sentence(r, name):
    thing, place, day = r.choice(THINGS), r.choice(PLACES), r.choice(DAYS)
    return r.choice([
        f"{name} took the {r.choice(ADJECTIVES)} {thing} to the {place}.", f"{name} bought {r.randint(2, 40)} {r.choice(GOODS)} in {r.choice(CITIES)}.",
        f"On {day} {name} {r.choice(MOVED)} to the {place} with {with_article(thing)}.", f"{name} wrote a letter to {r.choice(LAST)} about the {thing}.",
        f"The {r.choice(COLORS)} {thing} belongs to {name}.", f"{name} works as {with_article(r.choice(JOBS))} in {r.choice(CITIES)}.",
        f"Every {day} {name} reads a book about {r.choice(NOUNS)} and {r.choice(NOUNS)}.", f"{name} gave the {thing} to the {r.choice(JOBS)}.",
        f"The {r.choice(JOBS)} asked {name} for {r.choice(NOUNS)} and {r.choice(NOUNS)}.", f"In {r.choice(CITIES)}, {name} met {a_name(r)}.",
        f"{name} left the {r.choice(ADJECTIVES)} {place} at {r.randint(1, 12)} o'clock.", f"{name} put the {thing} next to the {r.choice(NOUNS)}.",
    ])


def _about(r, name):
    """One to five sentences in which the name occurs at least once."""
    return " ".join(capital(_sentence(r, name if i == 0 or r.random() < .35 else r.choice(["He", "She", "The " + r.choice(JOBS)]).lower()))
                    for i in range(r.randint(1, 5)))


def _words(r, name):
    pool = [r.choice(NOUNS + THINGS + COLORS + ADJECTIVES) if r.random() < .8 else invented(r) for _ in range(r.randint(5, 24))]
    if name:
        pool.insert(r.randrange(len(pool)), name)
    return " ".join(pool)


def copying(r):
    """-> (prompt, answer, {"exact": answer})."""
    old, new = (capital(invented(r)) if r.random() < .12 else n for n in r.sample(FIRST, 2))
    form = r.random()
    if form < .62:
        kind = r.random()
        text = _about(r, old) if kind < .7 else _words(r, old) if kind < .85 else f"{old} saw it all. " + " ".join(story(r)[1].split(". ")[:3]) + "."
        if r.random() < .15 and kind < .7:
            words = sorted(set(re.findall(r"\b[a-z]{4,}\b", text)))
            if words:
                old, new = r.choice(words), r.choice(NOUNS + THINGS)
        answer = re.sub(rf"\b{old}\b", new, text)
        return r.choice(RENAMES).format(a=old, b=new, t=text), answer, {"exact": answer}
    kind = r.random()
    text = _about(r, old) if kind < .35 else reference.passage(r) if kind < .55 else _words(r, None)
    return r.choice(REPEATS).format(t=text), text, {"exact": text}
