"""Rules that a right answer of each kind satisfies, checked on held-out prompts."""
import ast
import json
import pathlib
import re
import subprocess
import tempfile

import pair


def _story(text, check):
    return text.count(".") >= 4 and text[-1:] in '."!?' and all(word.lower() in text.lower() for word in check["mentions"])


def _json(text, check):
    try:
        return json.loads(text) == check["value"]
    except ValueError:
        return False


def _python(text, check):
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return False
    return any(isinstance(node, ast.FunctionDef) and node.name == check["python"] for node in tree.body)


def balanced(text) -> bool:
    """Whether every bracket outside of strings is closed in order."""
    plain, stack = re.sub(r'"[^"\n]*"|`[^`]*`|/\*.*?\*/', "", text, flags=re.S), []
    for c in plain:
        if c in "([{":
            stack.append(c)
        elif c in ")]}" and (not stack or "([{".index(stack.pop()) != ")]}".index(c)):
            return False
    return not stack


def _typescript(text, check):
    named = f"function {check['typescript']}(" in text
    compiler = pathlib.Path(__file__).parent.parent / "node_modules" / ".bin" / "tsc"
    if not compiler.exists():
        return named and balanced(text)
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "answer.ts").write_text(text, encoding="utf-8")
        ran = subprocess.run([compiler, "--noEmit", "--target", "esnext", "--strict", "answer.ts"], cwd=folder, capture_output=True, check=False)
    return named and ran.returncode == 0


def _code(text, check):
    return (_python if "python" in check else _typescript)(text, check)


def _exact(text, check):
    return text == check["exact"]


def _answers(text, check):
    """Every sentence is one that the corpus holds to be true of the question."""
    rest = text
    for sentence in sorted(check["sentences"], key=len, reverse=True):
        rest = rest.replace(sentence, "")
    return bool(text) and not rest.strip()


def _hard(text, check):
    return len(text.split(", ")) == check["count"]


RULES = {"story": _story, "json": _json, "code": _code, "counting": _exact, "copy": _exact, "answers": _answers, "hard": _hard}


def right(kind, ids, text, check) -> bool:
    """Whether an answer ended by itself and satisfies its kind's rule."""
    return bool(ids) and ids[-1] == pair.END and RULES[kind](text, check)
