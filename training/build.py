"""Builds the embedded pair, phase by phase: what is done is kept, what was interrupted goes on, and public/models is replaced only by a folder
that passed its checks.

    build.py [--work build/models] [--out public/models] [--libraries]

With --libraries only those are compiled, and take the place of the ones in public/models, beside the weights that are there.
"""
import argparse
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import export
import pair
from library import compile as library

HERE = pathlib.Path(__file__).parent
# The phase that compiles.
LIBRARIES = "runtime and libraries"


@dataclass(frozen=True)
class Phase:
    """One step of the build. It is done when its outputs are there and were made from the same sources by the same phases before it."""

    name: str
    work: Callable[[], None]
    outputs: list[pathlib.Path]
    sources: list[str]
    after: list[str]
    setting: int = 0


class Record:
    """What each phase was made from and how long it took, kept with the work, so that a resumed build reports sums and an estimate."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        self.phases = json.loads(path.read_text()) if path.exists() else {}

    def inputs(self, phase: Phase) -> str:
        """A digest of everything that the phase's outputs depend on."""
        digest = hashlib.sha256(f"{phase.name} {phase.setting}".encode())
        for path in sorted(path for source in phase.sources for path in HERE.glob(source) if path.is_file()):
            digest.update(path.read_bytes())
        for name in phase.after:
            digest.update(self.phases[name]["inputs"].encode())
        return digest.hexdigest()

    def run(self, phase: Phase, place: str) -> None:
        before, inputs = self.phases.get(phase.name, {}), self.inputs(phase)
        same = before.get("inputs") == inputs
        if same and before["done"] and all(path.exists() for path in phase.outputs):
            print(f"{place} {phase.name}: done before", flush=True)
            return
        if not same:
            # Made from something else: not to be resumed. What lies outside the work is replaced by its phase, in one move.
            for path in phase.outputs:
                if path.is_relative_to(self.path.parent):
                    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        expected = before.get("seconds")
        print(f"{place} {phase.name}" + (f", took {expected / 60:.1f} min before" if expected else ""), flush=True)
        seconds = before.get("seconds", 0) if same and not before["done"] else 0
        begun = time.monotonic()
        try:
            self.write(phase.name, inputs, False, seconds)
            phase.work()
            self.write(phase.name, inputs, True, seconds + time.monotonic() - begun)
        except BaseException:
            self.write(phase.name, inputs, False, seconds + time.monotonic() - begun)
            raise

    def write(self, name: str, inputs: str, done: bool, seconds: float) -> None:
        self.phases[name] = {"inputs": inputs, "done": done, "seconds": round(seconds, 1)}
        self.path.write_text(json.dumps(self.phases, indent=2) + "\n")


def script(name: str, *arguments) -> None:
    """Runs one of the scripts beside this one; its own progress goes to the terminal."""
    subprocess.run([sys.executable, HERE / name, *map(str, arguments)], check=True)


def libraries(work: pathlib.Path) -> None:
    library.compile_runtime(str(work / "runtime"))
    for name in sorted(set(export.LIBRARIES.values())):
        library.compile_variants(pair.MODELS[name], str(work / "runtime"), str(work / "libraries"), name)


def phases(work: pathlib.Path, out: pathlib.Path) -> list[Phase]:
    network = ["pair.py", "network.py", "optimizer.py", "run.py", "batches.py"]
    corpus = Phase(
        "corpus and tokenizer",
        lambda: script("tokenizer.py", "--out", work),
        [work / "corpus.bin", work / "tokenizer.json"],
        ["pair.py", "tokenizer.py", "corpus/*.py"],
        [],
    )

    def later_corpus(name: str) -> Phase:
        return Phase(
            f"corpus of {name}",
            lambda: script("tokenizer.py", "--corpus", f"{name}.bin", "--out", work),
            [work / f"{name}.bin"],
            ["tokenizer.py", "corpus/*.py"],
            [corpus.name],
        )

    practice, copies = later_corpus("practice"), later_corpus("copies")

    def training(name: str, recipe: str, after: list[str]) -> Phase:
        # A draft is distilled from the target as it is shipped.
        rounding = ["library/layout.py"] if recipe == "distill.py" else []
        arguments = [recipe, "--model", name, "--out", work, "--steps", pair.STEPS[name], "--resume"]
        return Phase(f"train {name}", lambda: script(*arguments), [work / name], [*network, "train.py", recipe, *rounding], after, pair.STEPS[name])

    trained = [f"train {name}" for name in pair.STEPS]
    return [
        corpus,
        training("target-start", "train.py", [corpus.name]),
        training("draft-start", "train.py", [corpus.name]),
        training("draft-wide", "distill.py", [corpus.name, "train target-start", "train draft-start"]),
        training("weak-draft", "train.py", [corpus.name]),
        practice,
        training("target-practice", "train.py", [practice.name, "train target-start"]),
        copies,
        training("target", "train.py", [copies.name, "train target-practice"]),
        training("draft", "distill.py", [copies.name, "train target", "train draft-wide"]),
        Phase(
            "evaluate",
            lambda: script("evaluate.py", "--out", work),
            [work / "evaluation.json"],
            ["evaluate.py", "rounds.py", "rules.py", "ngram.py", "library/layout.py"],
            trained,
        ),
        Phase(
            LIBRARIES,
            lambda: libraries(work),
            [work / "runtime", work / "libraries"],
            ["pair.py", "requirements.txt", "library/*.py", "library/*.cc", "library/shims/**/*"],
            [],
        ),
        Phase("export", lambda: export.swap_in(out, lambda staging: export.export(work, staging)), [out], ["export.py", "card.py", "DATA.md"], [*trained, "evaluate", LIBRARIES]),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("build/models"), help="folder of the work in progress")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("public/models"), help="folder that the page serves")
    parser.add_argument("--libraries", action="store_true", help="compile the libraries alone, for the weights that are there")
    chosen = parser.parse_args()
    work, out = chosen.work, chosen.out
    library.emcc()
    if chosen.libraries and not (out / "manifest.json").exists():
        raise SystemExit(f"{out} holds no models: manifest.json is missing. Name a folder that does with --out, or leave --libraries out to build all.")
    work.mkdir(parents=True, exist_ok=True)
    record = Record(work / "build.json")
    listed = [phase for phase in phases(work, out) if phase.name == LIBRARIES or not chosen.libraries]
    for number, phase in enumerate(listed, 1):
        record.run(phase, f"[{number}/{len(listed)}]")
    if chosen.libraries:
        export.change(out, lambda staging: export.renew_libraries(work, staging))
    seconds = {name: entry["seconds"] for name, entry in record.phases.items()}
    print(f"{out} is built. Seconds by phase: {json.dumps(seconds)}")


if __name__ == "__main__":
    try:
        main()
    except library.CompileError as error:
        raise SystemExit(str(error)) from error
