"""Real text: documentation strings and short functions of Python's standard library (PSF licence), read from the running interpreter."""
import ast
import functools
import pathlib
import re
import textwrap

MODULES = """statistics textwrap random string bisect heapq fractions colorsys calendar shlex difflib functools operator copy json/decoder
json/encoder posixpath genericpath keyword linecache getopt glob fnmatch base64 struct tempfile shutil contextlib types abc numbers pprint
reprlib enum graphlib collections/__init__ urllib/parse html/__init__ csv configparser argparse""".split()


@functools.cache
def functions():
    """-> [(name, first sentence of the documentation, source without documentation)], in file order."""
    found = []
    for module in MODULES:
        source = (pathlib.Path(ast.__file__).parent / f"{module}.py").read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.FunctionDef) or not (said := ast.get_docstring(node)):
                continue
            first = " ".join(re.split(r"\n\s*\n", said)[0].split())
            lines = source.splitlines()
            body = node.body[1:]
            code = ""
            if body and not node.decorator_list:
                head = lines[node.lineno - 1:node.body[0].lineno - 1]
                code = textwrap.dedent("\n".join(head + lines[body[0].lineno - 1:node.end_lineno]))
            if first.isascii() and 20 <= len(first) <= 300:
                found.append((node.name, first, code))
    return found


def passage(r):
    """One documentation sentence or two."""
    return r.choice(functions())[1]


def completion(r):
    """-> (prompt, answer, what to check): a short function of the library from its documentation."""
    name, said, code = r.choice([f for f in functions() if f[2] and len(f[2]) < 360])
    return f"Write the Python function {name} of the standard library: {said}", code, {"python": name}
