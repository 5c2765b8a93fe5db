"""Compiles the library of a published model's shape (library/shapes.py), for whatever grouped weights it comes with, and lists it for the page.

    shape_library.py NAME… [--out public/libraries] [--bases FOLDER] [--runtime build/runtime] [--compiled FOLDER]

A shape has a library for every adapter, NAME.wasm, and one for adapters with subgroups, NAME-subgroups.wasm. Those of smollm2-135m are written to OUT as they
are, and compiled first where OUT has none; of all others OUT gets what differs from them, NAME….wasm.delta (library/shape_index.py). What has a part in
drafting alone is no shape of a file, and goes into a folder of its own, whose deltas are made of those in --bases. Compiling takes about
a minute a library; --compiled takes libraries that were compiled before.
"""
import argparse
import pathlib
import tempfile

from library import compile as library
from library import shape_index
from library.shapes import DRAFTING, EVERY


def compile_shapes(names: list[str], runtime: str, folder: str) -> None:
    library.compile_runtime(runtime)
    for name in names:
        library.compile_variants(EVERY[name], runtime, folder, name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=list(EVERY), metavar="NAME", help=f"one of {', '.join(EVERY)}")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("public/libraries"))
    parser.add_argument("--bases", type=pathlib.Path, help="folder of the libraries of smollm2-135m, if it is not OUT")
    parser.add_argument("--runtime", default="build/runtime", help="folder of the compiled browser runtime")
    parser.add_argument("--compiled", type=pathlib.Path, help="folder of libraries that were compiled before")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    names = list(dict.fromkeys(chosen.names))
    if set(names) & set(DRAFTING) and not chosen.bases:
        parser.error(f"{', '.join(set(names) & set(DRAFTING))}: what has a part in drafting alone goes into a folder of its own. Name it with --out, and public/libraries with --bases.")
    bases = chosen.bases or chosen.out
    if shape_index.BASE not in {*names, *shape_index.read(bases, bases)}:
        names.insert(0, shape_index.BASE)
    with tempfile.TemporaryDirectory() as work:
        folder = chosen.compiled or pathlib.Path(work)
        if not chosen.compiled:
            compile_shapes(names, chosen.runtime, work)
        added = {name: {ending: (folder / f"{name}{ending}.wasm").read_bytes() for ending in library.VARIANTS} for name in names}
    for path, size, shipped in shape_index.add(chosen.out, added, chosen.bases):
        print(f"{path}: {size / 1e6:.2f} MB, as {shipped / 1e3:.0f} KB", flush=True)


if __name__ == "__main__":
    try:
        main()
    except (library.CompileError, FileNotFoundError) as error:
        raise SystemExit(str(error)) from error
