"""Counting and arithmetic for practice: no number above 120, and no step that has more than a hundred answers to be known by heart.

Every number up to there is a single token. Sums and differences of two-digit numbers are written out as tens and ones.
"""
from . import counting as wide
from .counting import framed
from .words import FIRST, GIRLS, GOODS, favour, in_words

HIGHEST = 120
EATEN = GOODS[:18]
# Steps of a count, how often each is drawn, and the most that its first number may be.
STEPS = {1: (58, 90), 2: (14, 60), 3: (6, 30), 5: (10, 50), 10: (12, 40)}


def _run(r):
    """-> (step, first number, length): by ones from anywhere, by other steps from a multiple of the step."""
    step = r.choices(list(STEPS), [often for often, _ in STEPS.values()])[0]
    _, highest_first = STEPS[step]
    if step == 1:
        first = 1 if r.random() < .5 else r.randint(0, highest_first)
        return step, first, r.randint(4, 30 if first < 2 else 20)
    first = step * (1 if r.random() < .4 else r.randint(0, highest_first // step))
    return step, first, r.randint(4, min(16, (HIGHEST - first) // step + 1))


def count(r):
    step, first, length = _run(r)
    spelled = step == 1 and first < 8 and r.random() < .18
    numbers = [first + i * step for i in range(min(length, 13) if spelled else length)]
    down = r.random() < .22
    say = in_words if numbers[-1] <= 20 and r.random() < .35 else str
    first, last = numbers[0], numbers[-1]
    if down:
        numbers.reverse()
    low, high, by = say(first), say(last), r.choice([f" by {say(step)}s", f" in steps of {say(step)}", f" by {say(step)}"]) if step > 1 else ""
    if down:
        request = r.choice([f"count down from {high} to {low}{by}", f"count backwards from {high} to {low}{by}"])
        if first == 1 and r.random() < .3:
            request = f"count down from {high}"
    elif first == step and r.random() < .5:
        request = r.choice([f"count to {high}{by}", f"count up to {high}{by}"] if step > 1 else
                           [f"count to {high}", f"count up to {high}", f"count from one to {high}", f"list the numbers up to {high}"])
    else:
        request = r.choice([f"count from {low} to {high}{by}", f"count from {low} to {high}{by}", f"list the numbers from {low} to {high}{by}",
                            f"write the numbers from {low} to {high}{by}"])
    if spelled:
        request += " in words"
    return framed(r, request), ", ".join(in_words(n) if spelled else str(n) for n in numbers)


def parity(r):
    return wide.parity(r, most=40)


def plus(r):
    """Up to 10 + 10 from memory; two-digit numbers by tens and ones, the sum at most 99."""
    if r.random() < .5:
        a, b = r.randint(1, 10), r.randint(1, 10)
        return a, b, "+", "plus", f"{a} + {b} = {a + b}."
    tens = r.randint(1, 7)
    more = r.randint(1, 8 - tens)
    a, b = 10 * tens + r.randint(1, 9), 10 * more + r.randint(1, 9)
    ones = a % 10 + b % 10
    return a, b, "+", "plus", (f"{10 * tens} + {10 * more} = {10 * (tens + more)}, and {a % 10} + {b % 10} = {ones}. "
                               f"{10 * (tens + more)} + {ones} = {a + b}, so {a} + {b} = {a + b}.")


def minus(r):
    """Up to 10 from memory; two-digit numbers by tens and ones, nothing to be borrowed."""
    if r.random() < .5:
        a = r.randint(2, 10)
        b = r.randint(1, a - 1)
        return a, b, "-", "minus", f"{a} - {b} = {a - b}."
    tens, ones = r.randint(2, 9), r.randint(1, 9)
    less, fewer = r.randint(1, tens - 1), r.randint(1, ones)
    a, b, left = 10 * tens + ones, 10 * less + fewer, 10 * (tens - less)
    return a, b, "-", "minus", f"{10 * tens} - {10 * less} = {left}, and {ones} - {fewer} = {ones - fewer}. {left} + {ones - fewer} = {a - b}, so {a} - {b} = {a - b}."


def times(r):
    a, b = r.randint(2, 10), r.randint(2, 10)
    return a, b, r.choice(["*", "x"]), "times", f"{a} * {b} = {a * b}."


def arithmetic(r):
    return wide.arithmetic(r, [plus, plus, minus, times], most_spelled=20)


def table(r):
    return wide.table(r, most=10)


def told(r):
    """A sum or a difference in words, of numbers up to 10."""
    name, a, b, goods = r.choice(FIRST), r.randint(2, 10), r.randint(2, 10), r.choice(GOODS)
    he = "she" if name in GIRLS else "he"
    if r.random() < .5:
        gets = favour(r, ["gets", "buys", "finds"])
        ask = r.choice([f"How many {goods} does {name} have?", f"How many {goods} does {he} have now?", "How many is that?"])
        return f"{name} has {a} {goods} and {gets} {b} more. {ask}", f"{name} has {a} {goods} and {gets} {b} more. {a} + {b} = {a + b}. {name} has {a + b} {goods}."
    a, b = max(a, b), min(a, b) - (a == b)
    gives = favour(r, ["gives away", "eats" if goods in EATEN else "loses", "sells"])
    return f"{name} has {a} {goods} and {gives} {b}. How many {goods} are left?", f"{name} has {a} {goods} and {gives} {b}. {a} - {b} = {a - b}. {name} has {a - b} {goods} left."


def neighbour(r):
    return wide.neighbour(r, most=HIGHEST - 1)


def counting(r):
    """-> (prompt, answer, {"exact": answer})."""
    prompt, answer = r.choices([count, parity, arithmetic, table, told, neighbour], [45, 5, 25, 10, 11, 4])[0](r)
    return prompt, answer, {"exact": answer}
