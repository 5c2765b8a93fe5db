"""Writes a folder that the page can load: weights, tokenizer, libraries, a manifest with the hash of every file, and the model card."""
import contextlib
import hashlib
import io
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
from collections.abc import Callable
from importlib import metadata

import torch
from tvm.contrib import tvmjs

import pair
from card import model_card
from library import llama, web_llm
from library.compile import VARIANTS
from library.layout import lay_out
from network import to_arrays

NAMES = {"target": "Target", "draft": "Good draft", "weak-draft": "Weak draft"}
LIBRARIES = {"target": "target", "draft": "draft", "weak-draft": "draft"}
# Drafts that are meant to be wrong often; the page's lessons ask for one.
WEAK = {"weak-draft"}


def chat_config(s: pair.Shape) -> dict:
    """mlc-chat-config.json, as web-llm reads it; model_config says the shape to anything else that reads the weights."""
    user, assistant, end = pair.SPECIAL_TOKENS
    return {
        "model_type": "llama",
        "quantization": llama.QUANTIZATION,
        "vocab_size": s.vocabulary,
        "context_window_size": s.context,
        "sliding_window_size": -1,
        "attention_sink_size": -1,
        "prefill_chunk_size": web_llm.PREFILL_CHUNK,
        "temperature": 1.0,
        "top_p": 1.0,
        "repetition_penalty": 1.0,
        "frequency_penalty": 0.0,
        "presence_penalty": 0.0,
        "tokenizer_files": ["tokenizer.json"],
        "tokenizer_info": {"token_postproc_method": "byte_level", "prepend_space_in_encode": False, "strip_space_in_decode": False},
        "conv_template": {
            "name": "foretoken",
            "system_template": "{system_message}",
            "system_message": "",
            "roles": {"user": user, "assistant": assistant, "tool": user},
            "role_content_sep": "",
            "role_empty_sep": "",
            "seps": [end],
            "stop_str": [],
            "stop_token_ids": [pair.END],
        },
        "model_config": web_llm.model_config(s),
    }


def export(built: pathlib.Path, out: pathlib.Path) -> None:
    """built: tokenizer.json, NAME/checkpoint.pt, libraries/NAME.wasm in all its VARIANTS and, when measured, evaluation.json."""
    counts = {name: export_model(built, out, name, shape) for name, shape in pair.MODELS.items()}
    shutil.copytree(built / "libraries", out / "libraries")
    measured, started = built / "evaluation.json", built / "started-from.json"
    evaluation = json.loads(measured.read_text()) if measured.exists() else None
    manifest = {
        "format": 1,
        "pair": {
            "name": "Embedded pair",
            "target": "target",
            "drafts": [{"id": name, "name": NAMES[name]} | ({"weak": True} if name in WEAK else {}) for name in pair.MODELS if name != "target"],
        },
        "models": {name: describe(out, name, NAMES[name], pair.MODELS[name], libraries(out, LIBRARIES[name]), count) for name, count in counts.items()},
        "built": versions() | ({"started_from": json.loads(started.read_text())} if started.exists() else {}),
    }
    # The first of its chapters.
    _, data, *_ = re.split(r"^# .*\n", pathlib.Path(__file__).with_name("DATA.md").read_text(), flags=re.MULTILINE)
    (out / "README.md").write_text(model_card(manifest, evaluation, data))
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def renew_libraries(built: pathlib.Path, out: pathlib.Path) -> None:
    """Puts the libraries of built/libraries in the place of those of an exported folder; the manifest tells what made them."""
    manifest = json.loads((out / "manifest.json").read_text())
    shutil.rmtree(out / "libraries")
    shutil.copytree(built / "libraries", out / "libraries")
    for name, model in manifest["models"].items():
        model["libraries"] = libraries(out, LIBRARIES.get(name, "draft"))
    manifest["built"]["libraries"] = {key: value for key, value in versions().items() if key in ("commit", "python", "tvm", "emscripten")}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def add_draft(built: pathlib.Path, out: pathlib.Path, name: str, title: str, shape: pair.Shape = pair.DRAFT, compiled: list[dict] | None = None) -> None:
    """Adds the draft of built/NAME/checkpoint.pt, or puts it in the place of one of that name, in an exported folder. `compiled`: its libraries as
    the manifest lists them; by default those of the good draft."""
    manifest = json.loads((out / "manifest.json").read_text())
    shutil.rmtree(out / name, ignore_errors=True)
    count = export_model(built, out, name, shape)
    manifest["models"][name] = describe(out, name, title, shape, compiled or manifest["models"]["draft"]["libraries"], count)
    drafts = [draft for draft in manifest["pair"]["drafts"] if draft["id"] != name]
    manifest["pair"]["drafts"] = [*drafts, {"id": name, "name": title}]
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def export_model(built: pathlib.Path, out: pathlib.Path, name: str, shape: pair.Shape) -> int:
    """Writes one model's folder and returns its number of parameters."""
    state = torch.load(built / name / "checkpoint.pt", map_location="cpu", weights_only=True)["state"]
    arrays = lay_out(to_arrays(state), shape)
    folder = out / name / "resolve" / "main"
    folder.mkdir(parents=True)
    with contextlib.redirect_stdout(io.StringIO()):
        tvmjs.dump_tensor_cache(arrays, str(folder), encode_format="raw", meta_data={"ParamSize": len(arrays)}, show_progress=False)
    # A second index of the same shards, which web-llm does not read.
    (folder / "tensor-cache-b16.json").unlink(missing_ok=True)
    shutil.copyfile(built / "tokenizer.json", folder / "tokenizer.json")
    (folder / "mlc-chat-config.json").write_text(json.dumps(chat_config(shape), indent=2) + "\n")
    return parameters(state)


def parameters(state: dict[str, torch.Tensor]) -> int:
    """Of a checkpoint, without the norms, which are folded into the matrices after them."""
    return sum(value.numel() for key, value in state.items() if not re.search(r"(^|\.)(norm|n1|n2)$", key))


def libraries(out: pathlib.Path, library: str) -> list[dict]:
    """The library of that name in all its variants, as a model of the manifest lists them."""
    return [{"needs": needs} | entry(out, out / "libraries" / f"{library}{ending}.wasm") for ending, needs in VARIANTS.items()]


def describe(out: pathlib.Path, name: str, title: str, shape: pair.Shape, libraries: list[dict], parameters: int) -> dict:
    return {
        "name": title,
        "parameters": parameters,
        "vocabulary": shape.vocabulary,
        "context": shape.context,
        "path": name,
        "libraries": libraries,
        "files": [entry(out, path) for path in sorted((out / name).rglob("*")) if path.is_file()],
    }


def entry(out: pathlib.Path, path: pathlib.Path) -> dict:
    content = path.read_bytes()
    return {"path": path.relative_to(out).as_posix(), "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def versions() -> dict:
    def first_line(*command):
        try:
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
        except (OSError, subprocess.CalledProcessError, IndexError):
            return None

    return {
        "commit": first_line("git", "-C", os.path.dirname(os.path.abspath(__file__)), "rev-parse", "HEAD"),
        "python": platform.python_version(),
        "torch": metadata.version("torch"),
        "tokenizers": metadata.version("tokenizers"),
        "tvm": metadata.version("apache-tvm"),
        "emscripten": first_line("emcc", "--version"),
    }


def swap_in(out: pathlib.Path, fill: Callable[[pathlib.Path], None]) -> None:
    """Has `fill` write a staging folder beside `out`, checks it, and only then lets it take the place of `out`."""
    staging, old = out.with_name(f"{out.name}.new"), out.with_name(f"{out.name}.old")
    shutil.rmtree(staging, ignore_errors=True)
    fill(staging)
    wrong = check(staging)
    if wrong:
        raise SystemExit(f"What was to take the place of {out} failed its checks; {out} is as it was:\n" + "\n".join(wrong))
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    staging.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def change(out: pathlib.Path, alter: Callable[[pathlib.Path], None]) -> None:
    """Has `alter` change a copy of `out`, which takes its place once it passes its checks."""

    def fill(staging: pathlib.Path) -> None:
        shutil.copytree(out, staging)
        alter(staging)

    swap_in(out, fill)


def check(out: pathlib.Path) -> list[str]:
    """What is wrong with an exported folder: files that are missing, differ from the manifest or are not in it, and weights that are not
    what the model's libraries ask for."""
    manifest = json.loads((out / "manifest.json").read_text())
    wrong, listed = [], {"manifest.json", "README.md"}
    for name, model in manifest["models"].items():
        for file in [*model["libraries"], *model["files"]]:
            path = out / file["path"]
            listed.add(file["path"])
            if not path.exists():
                wrong.append(f"{file['path']} is missing")
            elif not entry(out, path).items() <= file.items():
                wrong.append(f"{file['path']} is not the file in the manifest")
        wrong += [f"{name}: {problem}" for problem in misfits(out / name / "resolve" / "main" / "tensor-cache.json", shape_of(name))]
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    return wrong + [f"{path} is not in the manifest" for path in sorted(found - listed)]


def shape_of(name: str) -> pair.Shape:
    return pair.TARGET if name == "target" else pair.DRAFT


def misfits(index: pathlib.Path, shape: pair.Shape) -> list[str]:
    """Weights whose name, shape or type differs from what llama.py declares for the shape."""
    if not index.exists():
        return ["tensor-cache.json is missing"]
    records = [record for shard in json.loads(index.read_text())["records"] for record in shard["records"]]
    shipped = {record["name"]: (record["shape"], record["dtype"]) for record in records}
    asked = {name: ([int(side) for side in parameter.shape], str(parameter.dtype)) for name, parameter in llama.Llama(shape).named_parameters()}
    return [f"{name} is {shipped.get(name)}, not {asked.get(name)}" for name in sorted(shipped.keys() | asked.keys()) if shipped.get(name) != asked.get(name)]
