"""Trains a new draft for the embedded pair from a person's own text, by distillation from the shipped target, and adds it to the page's drafts.

    own_draft.py --corpus FILE [--name own-draft] [--title "My draft"] [--steps 400] [--from draft]

The text is UTF-8, paragraphs apart by an empty line; the last tenth of them is held out, and on it the new draft is compared with the shipped
ones. What agrees with the target on your text need not agree on another: that is the lesson.
"""
import argparse
import json
import pathlib
import re
import shutil
import tempfile

import numpy as np
import torch
from tokenizers import Tokenizer

import export
import pair
import run
from batches import LENGTHS, Batches
from distill import loss_against
from network import Network
from rounds import speculate
from shipped import load_shipped

HELD_OUT = 0.1
LEAST_TOKENS = 2000
GAMMA, LENGTH, PROMPTS = 4, 48, 12
SEED = 23


class CorpusError(Exception):
    """What is wrong with the person's file and what to do about it."""


def read_corpus(path: pathlib.Path) -> list[str]:
    """-> the paragraphs of a text file. Raises CorpusError for a file that is missing, empty, binary or not UTF-8."""
    if not path.is_file():
        raise CorpusError(f"{path} is not a file. Name a text file with --corpus.")
    raw = path.read_bytes()
    if not raw.strip():
        raise CorpusError(f"{path} is empty. Give it some pages of text.")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise CorpusError(f"{path} is UTF-16. Save it as UTF-8, for example with: iconv -f UTF-16 -t UTF-8 {path.name}")
    if b"\0" in raw:
        raise CorpusError(f"{path} is binary. Give it plain text, UTF-8; save a document as .txt first.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{path} is not UTF-8: byte {error.start} cannot be read. Save it as UTF-8, for example with: iconv -f ISO-8859-1 -t UTF-8 {path.name}"
        ) from error
    return [paragraph.strip() for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]


def as_conversation(paragraph: str) -> tuple[str, str]:
    """A paragraph as (question, answer): its first sentence and the rest, as the pair's models see text."""
    first, _, rest = re.sub(r"\s+", " ", paragraph).partition(". ")
    return (f"{first}.", rest) if rest else (first, first)


def write_corpus(work: pathlib.Path, tokenizer: Tokenizer, conversations: list[tuple[str, str]]) -> int:
    """Writes work/corpus.bin, as often over as the longest sequence needs; returns the tokens of the text itself."""
    user, assistant, end = pair.SPECIAL_TOKENS
    ids = [id for question, answer in conversations for id in tokenizer.encode(f"{user}{question}{end}{assistant}{answer}{end}").ids]
    if len(ids) < LEAST_TOKENS:
        raise CorpusError(f"The text has {len(ids):,} tokens, and {LEAST_TOKENS:,} are the least to learn from. Give it more text.")
    least = 4 * max(length for length, _, _ in LENGTHS)
    np.tile(np.array(ids, dtype="<u2"), -(-least // len(ids)) + 1).tofile(work / "corpus.bin")
    return len(ids)


def shared_vocabulary(models: pathlib.Path) -> Tokenizer:
    """The pair's tokenizer. Raises CorpusError when the shipped target has another vocabulary than a new draft would."""
    if not (models / "manifest.json").exists():
        raise CorpusError(f"{models} holds no pair: manifest.json is missing. Restore it, or build it with: npm run models")
    manifest = json.loads((models / "manifest.json").read_text())
    tokenizer = Tokenizer.from_file(str(models / "target" / "resolve" / "main" / "tokenizer.json"))
    sizes = {manifest["models"]["target"]["vocabulary"], tokenizer.get_vocab_size(), pair.DRAFT.vocabulary}
    if len(sizes) > 1:
        raise CorpusError(f"Target, tokenizer and draft differ in their vocabularies ({', '.join(map(str, sorted(sizes)))}). A draft must share its target's.")
    return tokenizer


def accepted_per_drafted(target: Network, draft: Network, tokenizer: Tokenizer, conversations: list[tuple[str, str]]) -> float:
    user, assistant, end = pair.SPECIAL_TOKENS
    drafted = accepted = 0
    for question, _ in conversations[:PROMPTS]:
        prompt = tokenizer.encode(f"{user}{question}{end}{assistant}").ids[: pair.TARGET.context // 2]
        _, tally = speculate(target, draft, prompt, LENGTH, GAMMA, 0.0, torch.Generator())
        drafted, accepted = drafted + tally.drafted, accepted + tally.accepted
    return accepted / max(drafted, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=pathlib.Path, required=True)
    parser.add_argument("--name", default="own-draft", help="its folder and id: lower-case letters, digits and hyphens")
    parser.add_argument("--title", default="My draft", help="its name on the page")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--from", dest="start", choices=["nothing", "draft", "weak-draft"], default="nothing", help="what it starts from")
    parser.add_argument("--models", type=pathlib.Path, default=pathlib.Path("public/models"), help="folder that the page serves")
    chosen = parser.parse_args()
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", chosen.name) or chosen.name in (*pair.MODELS, "libraries"):
        raise CorpusError(f'"{chosen.name}" cannot be its name. Use lower-case letters, digits and hyphens, and none of {", ".join(pair.MODELS)}, libraries.')
    if chosen.steps < 1:
        raise CorpusError("--steps must be 1 or more.")
    paragraphs = read_corpus(chosen.corpus)
    tokenizer = shared_vocabulary(chosen.models)
    conversations = [as_conversation(paragraph) for paragraph in paragraphs]
    held = max(1, round(HELD_OUT * len(conversations)))
    learnt, held_out = (conversations[:-held], conversations[-held:]) if len(conversations) > 1 else (conversations, conversations)
    torch.manual_seed(SEED)
    target = load_shipped(chosen.models, "target", pair.TARGET)
    draft = Network(pair.DRAFT) if chosen.start == "nothing" else load_shipped(chosen.models, chosen.start, pair.DRAFT).train()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        shutil.copyfile(chosen.models / "target" / "resolve" / "main" / "tokenizer.json", work / "tokenizer.json")
        print(f"{write_corpus(work, tokenizer, learnt):,} tokens in {len(learnt)} paragraphs; {len(held_out)} held out", flush=True)
        run.run(work / chosen.name, draft, loss_against(target, draft, Batches(work, SEED)), chosen.steps, None, False)
        export.change(chosen.models, lambda staging: export.add_draft(work, staging, chosen.name, chosen.title))
    print(f"accepted/drafted at gamma {GAMMA}, temperature 0, on the held-out paragraphs:")
    for name, network in {
        chosen.title: draft.eval(),
        export.NAMES["draft"]: load_shipped(chosen.models, "draft", pair.DRAFT),
        export.NAMES["weak-draft"]: load_shipped(chosen.models, "weak-draft", pair.DRAFT),
    }.items():
        print(f"  {name}: {accepted_per_drafted(target, network, tokenizer, held_out):.2f}")
    print(f'"{chosen.title}" is among the drafts of {chosen.models}. Start the page with: npm start')


if __name__ == "__main__":
    try:
        main()
    except CorpusError as error:
        raise SystemExit(str(error)) from error
