"""Compiles the library of a published model's shape (library/shapes.py), for whatever grouped weights it comes with, and lists it for the page.

    shape_library.py NAME… [--out public/libraries] [--runtime build/runtime]

Writes OUT/NAME.wasm, for every adapter, and OUT/NAME-subgroups.wasm, and puts them into OUT/index.json in the place of those that were there. Each library
takes one to several minutes.
"""
import argparse
import hashlib
import json
import pathlib
import zlib

from library import compile as library
from library import web_llm
from library.shapes import SHAPES

COMPRESSION = 9


def listed(name: str, out: pathlib.Path) -> dict:
    """What the page has to know of a compiled shape."""
    shape = SHAPES[name]
    libraries = []
    for ending, needs in library.VARIANTS.items():
        content = (out / f"{name}{ending}.wasm").read_bytes()
        libraries.append({"needs": needs, "path": f"{name}{ending}.wasm", "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()})
    return {"shape": shape.key, "name": name, "context": shape.context, "prefillChunk": web_llm.PREFILL_CHUNK, "libraries": libraries}


def add(entry: dict, index: pathlib.Path) -> None:
    """Puts a shape into the list, which is in the order of shapes.py."""
    before = json.loads(index.read_text()) if index.exists() else []
    entries = {each["name"]: each for each in [*before, entry]}
    index.write_text(json.dumps([entries[name] for name in SHAPES if name in entries], indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=list(SHAPES), metavar="NAME", help=f"one of {', '.join(SHAPES)}")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("public/libraries"))
    parser.add_argument("--runtime", type=pathlib.Path, default=pathlib.Path("build/runtime"), help="folder of the compiled browser runtime")
    chosen = parser.parse_args()
    library.compile_runtime(str(chosen.runtime))
    for name in chosen.names:
        library.compile_variants(SHAPES[name], str(chosen.runtime), str(chosen.out), name)
        entry = listed(name, chosen.out)
        add(entry, chosen.out / "index.json")
        for each in entry["libraries"]:
            compressed = len(zlib.compress((chosen.out / each["path"]).read_bytes(), COMPRESSION))
            print(f"{each['path']}: {each['bytes'] / 1e6:.2f} MB, {compressed / 1e6:.2f} MB compressed", flush=True)


if __name__ == "__main__":
    try:
        main()
    except library.CompileError as error:
        raise SystemExit(str(error)) from error
