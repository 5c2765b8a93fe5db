"""JSON records from sentences: what is asked for is in the sentence, and the answer holds exactly that."""
import json
import re

from .words import ADJECTIVES, ANIMALS, CITIES, COLORS, DAYS, FIRST, GOODS, JOBS, LAST, MONTHS, NOUNS, THINGS, capital, invented, listed, with_article

REQUESTS = [
    "Write as JSON: {}", "Write this as JSON: {}", "Make JSON from this: {}", "Turn this into JSON: {}", "Convert to JSON: {}",
    "{} Write that as JSON.", "JSON for: {}", "Give me a JSON record: {}", "Make a JSON record from this sentence: {}",
    "Extract the data as JSON. {}", "json please: {}", "Write a JSON object for this: {}", "Put this into JSON: {}", "as json: {}",
    "Please convert this sentence to JSON: {}", "{} As JSON, please.", "Can you write this as JSON? {}", "Make a JSON record: {}",
]


def a_name(r):
    """A full name; one in six was never in a list."""
    first = capital(invented(r)) if r.random() < .12 else r.choice(FIRST)
    return f"{first} {capital(invented(r)) if r.random() < .15 else r.choice(LAST)}"


def _price(r):
    return r.randint(1, 90) + r.choice([0, .5, .25, .99, .2, .75])


def _place(r):
    return capital(invented(r)) if r.random() < .08 else r.choice(CITIES)


def person(r):
    n, a, c, j = a_name(r), r.randint(18, 89), _place(r), r.choice(JOBS)
    form = r.randrange(7)
    if form == 0:
        return f"{n} is {a} years old and comes from {c}.", {"name": n, "age": a, "city": c}
    if form == 1:
        return f"{n}, {j}, {c}.", {"name": n, "job": j, "city": c}
    if form == 2:
        return f"{n} works as {with_article(j)} in {c}.", {"name": n, "job": j, "city": c}
    sentence = r.choice([f"{n}, {a}, lives in {c} and works as {with_article(j)}.", f"{n} is {a} years old, lives in {c} and works as {with_article(j)}.",
                         f"{n} ({a}) is {with_article(j)} from {c}.", f"{n} is {with_article(j)} from {c} and is {a} years old."])
    return sentence, {"name": n, "age": a, "city": c, "job": j}


def order(r):
    n, q, f, d, p = a_name(r), r.randint(2, 60), r.choice(GOODS), r.choice(DAYS), _price(r)
    form = r.randrange(4)
    if form == 0:
        return f"On {d} {n} ordered {q} {f}.", {"customer": n, "item": f, "quantity": q, "day": d}
    if form == 1:
        goods = r.sample(GOODS, r.randint(2, 4))
        return f"{n} bought {listed(goods)}.", {"customer": n, "items": goods}
    if form == 2:
        goods = [(r.randint(2, 30), g) for g in r.sample(GOODS, 2)]
        return (f"{n} ordered {goods[0][0]} {goods[0][1]} and {goods[1][0]} {goods[1][1]}.",
                {"customer": n, "items": [{"item": g, "quantity": k} for k, g in goods]})
    return f"{n} ordered {q} {f} for {p:.2f} euros.", {"customer": n, "item": f, "quantity": q, "price": p}


def event(r):
    n = r.choice(["concert", "meeting", "market", "workshop", "exhibition", "lecture", "race", "wedding", "party", "dinner", "match", "talk"])
    c, day, m, t, people = _place(r), r.randint(1, 28), r.choice(MONTHS), f"{r.randint(7, 21)}:{r.choice(['00', '15', '30', '45'])}", r.randint(5, 900)
    form = r.randrange(3)
    if form == 0:
        return f"The {n} in {c} is on {day} {m} for {people} guests.", {"event": n, "city": c, "date": f"{day} {m}", "guests": people}
    if form == 1:
        w = r.choice(DAYS)
        return f"The {n} is on {w} at {t} in {c}.", {"event": n, "day": w, "time": t, "city": c}
    return f"The {n} in {c} is on {day} {m} at {t}.", {"event": n, "city": c, "date": f"{day} {m}", "time": t}


def pet(r):
    n, kind, a, color, owner = r.choice(FIRST), r.choice(ANIMALS), r.randint(2, 15), r.choice(COLORS), a_name(r)
    if r.random() < .5:
        return f"{n} is {with_article(color)} {kind} and is {a} years old.", {"name": n, "animal": kind, "color": color, "age": a}
    return f"{n}, {with_article(color)} {kind}, belongs to {owner}.", {"name": n, "animal": kind, "color": color, "owner": owner}


def book(r):
    title, n, y, pages = f"The {capital(r.choice(ADJECTIVES))} {capital(r.choice(THINGS + NOUNS))}", a_name(r), r.randint(1900, 2024), r.randint(80, 900)
    if r.random() < .5:
        return f'"{title}" was written by {n} in {y}.', {"title": title, "author": n, "year": y}
    return f'"{title}" by {n} appeared in {y} and has {pages} pages.', {"title": title, "author": n, "year": y, "pages": pages}


def product(r):
    c, t, p, there = r.choice(COLORS), r.choice(THINGS), _price(r), r.random() < .5
    if r.random() < .4:
        return f"The {c} {t} costs {p:.2f} euros.", {"product": t, "color": c, "price": p}
    return f"The {c} {t} costs {p:.2f} euros and is {'in stock' if there else 'sold out'}.", {"product": t, "color": c, "price": p, "in_stock": there}


def weather(r):
    c, t, sky, wind = _place(r), r.randint(1, 35), r.choice(["sunny", "cloudy", "rainy", "windy", "snowy", "foggy"]), r.randint(2, 80)
    if r.random() < .5:
        return f"It is {sky} in {c} with {t} degrees.", {"city": c, "weather": sky, "temperature": t}
    return f"In {c} it is {sky}, {t} degrees, with wind of {wind} km/h.", {"city": c, "weather": sky, "temperature": t, "wind": wind}


def trip(r):
    n, a, b, d, t = a_name(r), *r.sample(CITIES, 2), r.choice(DAYS), r.choice(["train", "bus", "boat", "plane", "car"])
    return f"{n} goes from {a} to {b} by {t} on {d}.", {"name": n, "from": a, "to": b, "transport": t, "day": d}


def departure(r):
    a, b, d, t = *r.sample(CITIES, 2), r.choice(DAYS), r.choice(["train", "bus", "boat", "plane"])
    time = f"{r.randint(5, 22)}:{r.choice(['05', '10', '20', '30', '45', '55'])}"
    return f"The {t} from {a} to {b} leaves on {d} at {time}.", {"transport": t, "from": a, "to": b, "day": d, "time": time}


def contact(r):
    first, last = r.choice(FIRST), r.choice(LAST)
    mail = f"{first.lower()}@{r.choice(NOUNS)}.{r.choice(['com', 'org', 'net'])}"
    phone = f"{r.randint(100, 999)}-{r.randint(1000, 9999)}"
    form = r.randrange(3)
    if form == 0:
        return f"{first} {last} has the email {mail}.", {"name": f"{first} {last}", "email": mail}
    if form == 1:
        return f"{first} {last}, phone {phone}.", {"name": f"{first} {last}", "phone": phone}
    return f"You can reach {first} {last} at {mail} or {phone}.", {"name": f"{first} {last}", "email": mail, "phone": phone}


def task(r):
    what = r.choice(["buy", "paint", "clean", "repair", "find", "sell"]) + " the " + r.choice(THINGS)
    d, urgent, n = r.choice(DAYS), r.random() < .4, r.choice(FIRST)
    return (f"{n} must {what} by {d}." + (" It is urgent." if urgent else " It is not urgent."),
            {"task": what, "person": n, "due": d, "urgent": urgent})


SCHEMAS = [person, person, person, order, order, event, pet, book, product, weather, trip, departure, contact, task]


def record(r):
    """-> (prompt, answer, the value that the answer must parse to)."""
    schema = r.choice(SCHEMAS)
    count = r.choices([1, 2, 3], [90, 8, 2])[0]
    pairs = [schema(r) for _ in range(count)]
    value = pairs[0][1] if count == 1 else [v for _, v in pairs]
    text = json.dumps(value, indent=2, ensure_ascii=False)
    text = re.sub(r'("price": )([0-9.]+)', lambda m: m[1] + f"{float(m[2]):.2f}", text)
    return r.choice(REQUESTS).format(" ".join(s for s, _ in pairs)), text, {"value": json.loads(text)}
