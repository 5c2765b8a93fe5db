"""Lists without a pattern: in the corpus, and yet no draft can guess what the target will write next."""
from .words import ADJECTIVES, ANIMALS, COLORS, FIRST, LAST, MOVED, NOUNS, THINGS, in_words

POOL = NOUNS + THINGS + ADJECTIVES + COLORS + MOVED + ANIMALS


def hard(r):
    """-> (prompt, answer, how many items were asked for)."""
    n = r.randint(8, 30)
    said = in_words(n) if r.random() < .25 else str(n)
    kind = r.randrange(4)
    if kind == 0:
        request = r.choice(["Write {} random words.", "Give me {} random words.", "List {} words that have nothing to do with each other.",
                            "{} random words please", "Write a list of {} random words."])
        items = [r.choice(POOL) for _ in range(n)]
    elif kind == 1:
        request = r.choice(["Write {} random numbers.", "Give me {} random numbers.", "{} random numbers, please.", "Make a list of {} random numbers."])
        items = [str(r.randint(1, 999)) for _ in range(n)]
    elif kind == 2:
        request = r.choice(["Invent {} names.", "List {} names of people.", "Give me {} random names.", "Make up {} names of people."])
        items = [f"{r.choice(FIRST)} {r.choice(LAST)}" for _ in range(n)]
    else:
        request = r.choice(["Write {} random letters.", "Give me {} random letters."])
        items = [r.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(n)]
    return request.format(said), ", ".join(items), {"count": n}
