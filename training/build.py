"""Builds the embedded pair, phase by phase: what is done is kept, what was interrupted goes on, and public/models is replaced only by a folder
that passed its checks.

    build.py [--work build/models] [--out public/models]      everything
    build.py --check                                          only compare public/models with its manifest
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import time

import export
import pair
from library import compile as library

HERE = pathlib.Path(__file__).parent
# The numbers of steps behind the shipped weights; a rebuild repeats them.
STEPS = {"target": 1287, "draft": 1017, "weak-draft": 250}


class Log:
    """Times of the phases, kept beside the work so that a resumed build reports sums, and an estimate of what is left from the last build's times."""

    def __init__(self, path: pathlib.Path, phases: list[str]):
        self.path, self.phases = path, phases
        self.seconds = json.loads(path.read_text()) if path.exists() else {}

    def run(self, name: str, done: bool, work) -> None:
        place = f"[{self.phases.index(name) + 1}/{len(self.phases)}]"
        if done:
            print(f"{place} {name}: done before", flush=True)
            return
        expected = self.seconds.get(name)
        print(f"{place} {name}" + (f", about {expected / 60:.1f} min last time" if expected else ""), flush=True)
        begun = time.monotonic()
        work()
        self.seconds[name] = round(time.monotonic() - begun, 1)
        self.path.write_text(json.dumps(self.seconds, indent=2) + "\n")


def script(name: str, *arguments) -> None:
    """Runs one of the scripts beside this one; its own progress goes to the terminal."""
    subprocess.run([sys.executable, HERE / name, *map(str, arguments)], check=True)


def trained(work: pathlib.Path, name: str) -> bool:
    log = work / name / "train.log"
    return log.exists() and any(line.startswith("done:") for line in log.read_text().splitlines()[-1:])


def libraries(work: pathlib.Path) -> None:
    (work / "runtime").mkdir(exist_ok=True)
    library.compile_runtime(str(work / "runtime"))
    (work / "libraries").mkdir(exist_ok=True)
    for name in sorted(set(export.LIBRARIES.values())):
        library.compile_library(pair.MODELS[name], str(work / "runtime"), str(work / "libraries" / f"{name}.wasm"))


def swap_in(work: pathlib.Path, out: pathlib.Path) -> None:
    """Exports into a staging folder beside `out`, checks it, and only then replaces `out`."""
    staging, old = out.with_name(f"{out.name}.new"), out.with_name(f"{out.name}.old")
    shutil.rmtree(staging, ignore_errors=True)
    export.export(work, staging)
    wrong = export.check(staging)
    if wrong:
        raise SystemExit("The export failed its checks; " + str(out) + " is as it was:\n" + "\n".join(wrong))
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    staging.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("build/models"), help="folder of the work in progress")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("public/models"), help="folder that the page serves")
    parser.add_argument("--check", action="store_true", help="only compare --out with its manifest")
    chosen = parser.parse_args()
    work, out = chosen.work, chosen.out
    if chosen.check:
        wrong = export.check(out)
        raise SystemExit("\n".join(wrong) if wrong else 0)
    library.emcc()
    work.mkdir(parents=True, exist_ok=True)
    log = Log(work / "times.json", ["corpus and tokenizer", *(f"train {name}" for name in STEPS), "evaluate", "libraries", "export"])
    log.run("corpus and tokenizer", (work / "corpus.bin").exists(), lambda: script("tokenizer.py", "--out", work))
    for name, steps in STEPS.items():
        recipe = ("distill.py",) if name == "draft" else ("train.py", "--model", name)
        log.run(f"train {name}", trained(work, name), lambda: script(*recipe, "--out", work, "--steps", steps, "--resume"))
    log.run("evaluate", (work / "evaluation.json").exists(), lambda: script("evaluate.py", "--out", work))
    wanted = [work / "libraries" / f"{name}.wasm" for name in set(export.LIBRARIES.values())]
    log.run("libraries", all(path.exists() for path in wanted), lambda: libraries(work))
    log.run("export", False, lambda: swap_in(work, out))
    print(f"{out} is built. Seconds by phase: {json.dumps(log.seconds)}")


if __name__ == "__main__":
    try:
        main()
    except library.CompileError as error:
        raise SystemExit(str(error)) from error
