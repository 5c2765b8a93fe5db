"""Copies for practice: one to four sentences, each of another form, a short list of different words or a short passage of the library."""
import re

from . import reference
from .copying import RENAMES, REPEATS
from .record import a_name
from .story import story
from .words import ADJECTIVES, ANIMALS, CITIES, COLORS, DAYS, FIRST, GIRLS, GOODS, JOBS, LAST, MOVED, NOUNS, PLACES, THINGS, capital, invented, with_article

LONGEST_PASSAGE = 110
# Words that may be replaced by another of the same list.
EXCHANGED = [THINGS, COLORS, JOBS, PLACES, DAYS, CITIES]


def _forms(r, thing):
    """Sentences with {who} for the one they are about, in random order."""
    forms = [
        f"{{who}} took the {r.choice(ADJECTIVES)} {thing} to the {r.choice(PLACES)}.", f"{{who}} bought {r.randint(2, 40)} {r.choice(GOODS)} in {r.choice(CITIES)}.",
        f"On {r.choice(DAYS)} {{who}} {r.choice(MOVED)} to the {r.choice(PLACES)} with {with_article(r.choice(THINGS))}.",
        f"{{who}} wrote a letter to {r.choice(LAST)} about the {thing}.", f"The {r.choice(COLORS)} {r.choice(THINGS)} belongs to {{whom}}.",
        f"{{who}} works as {with_article(r.choice(JOBS))} in {r.choice(CITIES)}.", f"Every {r.choice(DAYS)} {{who}} reads a book about {r.choice(NOUNS)} and {r.choice(NOUNS)}.",
        f"{{who}} gave the {thing} to the {r.choice(JOBS)}.", f"The {r.choice(JOBS)} asked {{whom}} for {r.choice(NOUNS)} and {r.choice(NOUNS)}.",
        f"In {r.choice(CITIES)}, {{who}} met {a_name(r)}.", f"{{who}} left the {r.choice(ADJECTIVES)} {r.choice(PLACES)} at {r.randint(1, 12)} o'clock.",
        f"{{who}} put the {thing} next to the {r.choice(NOUNS)}.", f"{{who}} has {with_article(r.choice(COLORS))} {r.choice(ANIMALS)}.",
    ]
    r.shuffle(forms)
    return forms


def _about(r, name):
    """One to four sentences; the name is in the first and now and then in another."""
    he, him = ("she", "her") if name in GIRLS else ("he", "him")
    sentences = []
    for i, form in enumerate(_forms(r, r.choice(THINGS))[:r.choices([1, 2, 3, 4], [25, 35, 28, 12])[0]]):
        who, whom = (name, name) if i == 0 or r.random() < .45 else (he, him)
        sentences.append(capital(form.format(who=who, whom=whom)))
    return " ".join(sentences)


def _words(r, name):
    pool = r.sample(NOUNS, r.randint(3, 8)) + r.sample(COLORS, 2)
    r.shuffle(pool)
    if name:
        pool.insert(r.randrange(len(pool)), name)
    return " ".join(pool)


def _exchange(r, text):
    """-> (a word of the text, another of its list), or None where no list has a word of the text."""
    found = [(word, pool) for pool in EXCHANGED for word in pool if re.search(rf"\b{word}\b", text)]
    if not found:
        return None
    old, pool = r.choice(found)
    return old, r.choice([word for word in pool if word != old])


def copying(r):
    """-> (prompt, answer, {"exact": answer})."""
    old, new = r.sample(FIRST, 2)
    if r.random() < .04:
        new = capital(invented(r))
    if r.random() < .62:
        kind = r.random()
        text = _about(r, old) if kind < .82 else _words(r, old) if kind < .9 else f"{old} told a story. {'. '.join(story(r)[1].split('. ')[:2])}."
        if kind < .16 and (found := _exchange(r, text)):
            old, new = found
        answer = re.sub(rf"\b{old}\b", new, text)
        return r.choice(RENAMES).format(a=old, b=new, t=text), answer, {"exact": answer}
    kind = r.random()
    text = _about(r, old) if kind < .6 else _passage(r) if kind < .72 else _words(r, None)
    return r.choice(REPEATS).format(t=text), text, {"exact": text}


def _passage(r):
    while len(text := reference.passage(r)) > LONGEST_PASSAGE or re.search(r"[^A-Za-z0-9 ,.'()-]", text):
        pass
    return text
