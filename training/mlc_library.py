"""Compiles a library for a model in MLC's format, of the Llama family in q4f32_1, as MLC does (library/mlc.py).

    mlc_library.py CONFIG OUT [--runtime build/runtime]

CONFIG is the model's mlc-chat-config.json; an OUT that ends in .gzip is compressed. It takes one to several minutes.
"""
import argparse
import gzip
import json
import pathlib
import tempfile

from library import compile as library


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--runtime", default="build/runtime", help="folder of the compiled browser runtime")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        output = pathlib.Path(work) / "library.wasm"
        library.compile_mlc_library(json.loads(chosen.config.read_text()), chosen.runtime, str(output))
        content = output.read_bytes()
    chosen.out.write_bytes(gzip.compress(content, mtime=0) if chosen.out.suffix == ".gzip" else content)
    print(f"{chosen.out}: {len(content) / 1e6:.2f} MB", flush=True)


if __name__ == "__main__":
    try:
        main()
    except (library.CompileError, FileNotFoundError) as error:
        raise SystemExit(str(error)) from error
