"""The folder of libraries beside the page: index.json lists the shapes, and the page makes most of their libraries of those of the shape BASE (delta.py)."""
import hashlib
import json
import pathlib

from . import delta
from .compile import VARIANTS
from .shapes import EVERY, title
from .web_llm import PREFILL_CHUNK

# Its libraries are there whole.
BASE = "smollm2-135m"

# The libraries of a shape, by how their names end.
Libraries = dict[str, bytes]


def read(folder: pathlib.Path, bases: pathlib.Path) -> dict[str, Libraries]:
    """-> by the ids of the shapes that are listed, what the page makes. bases: the folder that has the libraries of BASE."""
    index = folder / "index.json"
    listed = json.loads(index.read_text()) if index.exists() else []
    return {entry["id"]: {ending: whole(folder, bases, each) for ending, each in zip(VARIANTS, entry["libraries"], strict=True)} for entry in listed}


def whole(folder: pathlib.Path, bases: pathlib.Path, listed: dict) -> bytes:
    if "delta" not in listed:
        return (folder / listed["path"]).read_bytes()
    base, change = (bases / listed["delta"]["base"]).read_bytes(), (folder / listed["delta"]["path"]).read_bytes()
    return delta.apply(base, change, listed["bytes"])


def add(folder: pathlib.Path, added: dict[str, Libraries], bases: pathlib.Path | None = None) -> list[tuple[str, int, int]]:
    """Lists `added` in the place of what was there, in the order of shapes.py. -> the path, bytes and bytes as shipped of each file that was written. bases:
    the folder that has the libraries of BASE; by default `folder` itself."""
    known = read(bases or folder, bases or folder) | read(folder, bases or folder) | added
    # Behind another base, every delta is another.
    written = [name for name in EVERY if name in (known if BASE in added else added)]
    entries = {name: entry(folder, name, known[name], known[BASE]) for name in written}
    index = folder / "index.json"
    kept = {each["id"]: each for each in json.loads(index.read_text())} if index.exists() else {}
    listed = kept | entries
    index.write_text(json.dumps([listed[name] for name in EVERY if name in listed], indent=2) + "\n")
    return [(each["path"], each["bytes"], each.get("delta", each)["bytes"]) for name in written for each in entries[name]["libraries"]]


def entry(folder: pathlib.Path, name: str, libraries: Libraries, base: Libraries) -> dict:
    """Writes the files of a shape. -> what the page has to know of it."""
    shape = EVERY[name]
    listed = []
    for ending, needs in VARIANTS.items():
        library = described(f"{name}{ending}.wasm", libraries[ending])
        if name == BASE:
            (folder / library["path"]).write_bytes(libraries[ending])
        else:
            change = delta.make(base[ending], libraries[ending])
            library["delta"] = described(f"{library['path']}.delta", change) | {"base": f"{BASE}{ending}.wasm"}
            (folder / library["delta"]["path"]).write_bytes(change)
        listed.append({"needs": needs} | library)
    return {"shape": shape.key, "id": name, "name": title(name), "context": shape.context, "prefillChunk": PREFILL_CHUNK, "libraries": listed}


def described(path: str, content: bytes) -> dict:
    return {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
