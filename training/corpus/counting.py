"""Counting and arithmetic, always correct."""
from .words import BOYS, FIRST, GIRLS, GOODS, capital, favour, in_words

FRAMES = ["{}", "{}.", "Please {}.", "Can you {}?", "please {}", "{}, please."]


def framed(r, request):
    frame = r.choice(FRAMES)
    text = frame.format(request)
    return capital(text) if r.random() < .7 else text


def count(r):
    step = r.choices([1, 2, 3, 4, 5, 10, 20, 25, 50, 100], [60, 8, 5, 3, 9, 7, 2, 2, 1, 1])[0]
    length = r.randint(4, 24)
    first = 1 if step == 1 and r.random() < .5 else (step * r.randint(0, 4) if step > 1 and r.random() < .6 else r.randint(0, 99))
    numbers = [first + i * step for i in range(length)]
    down = r.random() < .22
    spelled = step == 1 and numbers[-1] < 100 and r.random() < .2
    say = in_words if r.random() < .3 and max(numbers) < 1000 else str
    last = numbers[-1]
    if down:
        numbers.reverse()
    low, high, by = say(first), say(last), r.choice([f" by {say(step)}s", f" in steps of {say(step)}", f" by {say(step)}"]) if step > 1 else ""
    if down:
        request = r.choice([f"count down from {high} to {low}{by}", f"count backwards from {high} to {low}{by}", f"count from {high} to {low}{by}"])
        if low in ("1", "0", "one", "zero") and r.random() < .3:
            numbers, request = ([n for n in numbers if n > 0], f"count down from {high}{by}") if step == 1 else (numbers, request)
    elif first == 1 and step == 1 and r.random() < .6:
        request = r.choice([f"count to {high}", f"count up to {high}", f"count from one to {high}", f"list the numbers up to {high}"])
    elif first == step and step > 1 and r.random() < .5:
        request = f"count to {high}{by}"
    else:
        request = r.choice([f"count from {low} to {high}{by}", f"count from {low} to {high}{by}", f"list the numbers from {low} to {high}{by}",
                            f"write the numbers from {low} to {high}{by}"])
    if spelled:
        request += " in words"
    return framed(r, request), ", ".join(in_words(n) if spelled else str(n) for n in numbers)


def parity(r, most=60):
    odd, end = r.random() < .5, r.randint(8, most)
    kind = "odd" if odd else "even"
    numbers = range(1 if odd else 2, end + 1, 2)
    return framed(r, r.choice([f"list the {kind} numbers up to {end}", f"write the {kind} numbers from 1 to {end}"])), ", ".join(map(str, numbers))


def plus(r):
    a, b = r.randint(1, 99), r.randint(1, 99)
    tens, ones = a - a % 10 + b - b % 10, a % 10 + b % 10
    if a > 9 and b > 9 and a % 10 and b % 10:
        return a, b, "+", "plus", f"{a - a % 10} + {b - b % 10} = {tens}, and {a % 10} + {b % 10} = {ones}. {tens} + {ones} = {a + b}, so {a} + {b} = {a + b}."
    return a, b, "+", "plus", f"{a} + {b} = {a + b}."


def minus(r):
    a, b = sorted((r.randint(1, 99), r.randint(1, 99)), reverse=True)
    if b > 9 and b % 10:
        half = a - (b - b % 10)
        return a, b, "-", "minus", f"{a} - {b - b % 10} = {half}, and {half} - {b % 10} = {a - b}, so {a} - {b} = {a - b}."
    return a, b, "-", "minus", f"{a} - {b} = {a - b}."


def times(r):
    a, b = r.randint(2, 12), r.randint(2, 12)
    if a > 10 and b > 2:
        return a, b, "*", "times", f"10 * {b} = {10 * b}, and {a - 10} * {b} = {(a - 10) * b}. {10 * b} + {(a - 10) * b} = {a * b}, so {a} * {b} = {a * b}."
    return a, b, r.choice(["*", "x"]), "times", f"{a} * {b} = {a * b}."


def arithmetic(r, operations=None, most_spelled=None):
    """A question for one of `operations`, functions of r as plus is; its numbers now and then in words, where none is above `most_spelled`."""
    a, b, sign, word, answer = r.choice(operations or [plus, plus, minus, times])(r)
    spelled = (most_spelled is None or max(a, b) <= most_spelled) and r.random() < .2
    said = f"{in_words(a)} {word} {in_words(b)}" if spelled else f"{a} {word} {b}"
    return r.choice([f"What is {a} {sign} {b}?", f"What is {said}?", f"{a} {sign} {b} =", f"How much is {said}?", f"Calculate {a} {sign} {b}.",
                     f"what is {a} {sign} {b}", f"{a} {sign} {b}", f"What does {a} {sign} {b} make?"]), answer


def table(r, most=12):
    k, n = r.randint(2, most), r.randint(5, most)
    said = in_words(k) if r.random() < .3 else k
    return r.choice([f"Write the times table of {said} up to {n}.", f"Show me the {said} times table up to {n}.", f"Times table for {said}, up to {n}.",
                     f"Write the {said} times table up to {n}."]), "\n".join(f"{i} * {k} = {i * k}" for i in range(1, n + 1))


def told(r):
    name, a, b, goods = r.choice(FIRST), r.randint(2, 60), r.randint(2, 39), r.choice(GOODS)
    he = "she" if name in GIRLS else "he"
    assert name in GIRLS or name in BOYS
    if r.random() < .5:
        gets = favour(r, ["gets", "buys", "finds"])
        ask = r.choice([f"How many {goods} does {name} have?", f"How many {goods} does {he} have now?", "How many is that?"])
        return f"{name} has {a} {goods} and {gets} {b} more. {ask}", f"{name} has {a} {goods} and {gets} {b} more. {a} + {b} = {a + b}. {name} has {a + b} {goods}."
    a, b = max(a, b) + 1, min(a, b)
    gives = favour(r, ["gives away", "eats" if goods in GOODS[:18] else "loses", "sells"])
    return f"{name} has {a} {goods} and {gives} {b}. How many {goods} are left?", f"{name} has {a} {goods} and {gives} {b}. {a} - {b} = {a - b}. {name} has {a - b} {goods} left."


def neighbour(r, most=120):
    n = r.randint(1, most)
    if r.random() < .3:
        return f"Is {n} even or odd?", f"{n} is {'even' if n % 2 == 0 else 'odd'}."
    return r.choice([f"What comes after {n}?", f"Which number comes after {n}?"]), f"After {n} comes {n + 1}."


def counting(r):
    """-> (prompt, answer, {"exact": answer})."""
    prompt, answer = r.choices([count, parity, arithmetic, table, told, neighbour], [45, 5, 25, 10, 11, 4])[0](r)
    return prompt, answer, {"exact": answer}
