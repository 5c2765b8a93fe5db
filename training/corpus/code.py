"""Small TypeScript and Python functions from an instruction."""
from string import Template

from . import reference
from .functions import FUNCTIONS, NL, SL, B, N, S
from .words import THINGS, capital, favour, in_words

REQUESTS = [
    "Write a {language} function that {task}.", "Write a function that {task} in {language}.", "write a {language} function that {task}",
    "Can you write a {language} function that {task}?", "{language} function that {task}", "Please write a {language} function that {task}.",
    "I need a {language} function that {task}.", "Write {language} code that {task}.", "{language}: a function that {task}",
    "write a function that {task} in {language}", "Show me a {language} function that {task}.", "In {language}, write a function that {task}.",
]
PYTHON_TYPES = {N: "int", S: "str", B: "bool", NL: "list[int]", SL: "list[str]", "void": "None"}


def _camel(name):
    first, *rest = name.split("_")
    return first + "".join(capital(w) for w in rest)


def code(r):
    """-> (prompt, answer, {"python" or "typescript": the function's name})."""
    if r.random() < .04:
        return reference.completion(r)
    return function(r, lambda names: favour(r, names))


def practised(r):
    """The same without the library's functions, each function with one name unless another is asked for."""
    return function(r, lambda names: names[0])


def function(r, choose_name):
    """One of FUNCTIONS, asked for and written out; choose_name picks from its names."""
    task, names, parameters, result, python, typescript, said = r.choice(FUNCTIONS)
    k, thing = r.randint(2, 20), r.choice(THINGS)
    words = {"v": favour(r, ["numbers", "values", "items", "list", "data", "entries"]), "x": favour(r, ["number", "value", "item", "x", "entry"]),
             "w": favour(r, ["text", "word", "line", "message", "sentence"]), "k": k, "kw": in_words(k).replace("-", "_"), "thing": thing}
    if result in (SL, "void"):
        words |= {"v": "items", "x": "item"}
    in_python = r.random() < .5
    if in_python and words["v"] == "list":
        words["v"] = "values"

    def fill(text):
        return Template(text.replace("$kw_", "${kw}_").replace("$thing_", "${thing}_").replace("$things", "${thing}s")).substitute(words)

    name = fill(choose_name(names.split()))
    given = r.random() < .35
    if given and r.random() < .6:
        name = r.choice(["compute_", "get_", "make_", "my_", "calculate_", "do_"]) + name if r.random() < .5 else name + "_" + r.choice(THINGS)
    shown = name if in_python else _camel(name)
    taken = [(fill(p), t) for p, t in parameters]
    said = fill(said) if r.random() < .4 else ""
    typed = in_python and r.random() < .15
    if in_python:
        listed = ", ".join(f"{p}: {PYTHON_TYPES[t]}" if typed else p for p, t in taken)
        lines = [f"def {shown}({listed}){' -> ' + PYTHON_TYPES[result] if typed else ''}:"]
        lines += [f'    """{said}"""'] if said else []
        lines += ["    " + line for line in fill(python).split("|")]
    else:
        lines = [f"/** {said} */"] if said else []
        lines += [f"function {shown}({', '.join(f'{p}: {t}' for p, t in taken)}): {result} {{"]
        lines += ["  " + line for line in fill(typescript).split("|")] + ["}"]
    request = r.choice(REQUESTS).format(language="Python" if in_python else "TypeScript", task=fill(task))
    wishes = [r.choice([" Call it {}.", " Name it {}.", " The name is {}."]).format(shown)] if given else []
    wishes += [r.choice([" Use type hints.", " With type hints."])] if typed else []
    wishes += [r.choice([" Add a comment.", " Document it."])] if said else []
    request = (request + ("" if request[-1] in ".?" else ".") if wishes else request) + "".join(wishes)
    return request, "\n".join(lines), {"python" if in_python else "typescript": shown}
