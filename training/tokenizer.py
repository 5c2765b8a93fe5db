"""The pair's tokenizer and the tokenised corpora.

Byte-level BPE of exactly `Shape.vocabulary` tokens; all 256 bytes are tokens, so any text encodes. A number of up to three digits is apart from
what surrounds it, and one below SINGLE_NUMBERS is a single token, the same wherever it stands: where a count ends is then one token to be found again.
"""
import argparse
import itertools
import pathlib

import numpy as np
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

import corpus
import pair

VOCABULARY_CONVERSATIONS = 30_000
SINGLE_NUMBERS = 130
CORPORA = {"corpus.bin": corpus.WIDE, "practice.bin": corpus.PRACTICE, "copies.bin": corpus.COPIES}
TRAINING_CONVERSATIONS = {"corpus.bin": 300_000, "practice.bin": 120_000, "copies.bin": 60_000}


def train_tokenizer(out: pathlib.Path, seed: int) -> Tokenizer:
    """Trains the tokenizer on the first conversations of `seed` and writes out/tokenizer.json; the same bytes for the same seed."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(r"\d{1,3}"), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=pair.TARGET.vocabulary, special_tokens=[AddedToken(t, special=True, normalized=False) for t in pair.SPECIAL_TOKENS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    # So often that each of these numbers is merged before the vocabulary is full.
    numbers = [" ".join(map(str, range(SINGLE_NUMBERS)))] * (VOCABULARY_CONVERSATIONS // 10)
    conversations = (corpus.WIDE.conversation(f"{seed}/{i}") for i in range(VOCABULARY_CONVERSATIONS))
    tokenizer.train_from_iterator(itertools.chain(numbers, conversations), trainer)
    if any(tokenizer.token_to_id(str(n)) is None for n in range(SINGLE_NUMBERS)):
        raise SystemExit("Not every number is a single token: the corpus has too many more frequent words.")
    if tokenizer.get_vocab_size() != pair.TARGET.vocabulary or tokenizer.token_to_id(pair.SPECIAL_TOKENS[2]) != pair.END:
        raise SystemExit(f"The tokenizer has {tokenizer.get_vocab_size()} tokens, not {pair.TARGET.vocabulary}: the corpus is too small or too uniform.")
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / "tokenizer.json"))
    return tokenizer


def load(out: pathlib.Path) -> Tokenizer:
    return Tokenizer.from_file(str(out / "tokenizer.json"))


def write_corpus(out: pathlib.Path, name: str, seed: int, conversations: int) -> int:
    """Writes out/NAME, the token ids (uint16, little-endian) of all conversations in order; returns how many ids."""
    tokenizer, total, part = load(out), 0, out / f"{name}.part"
    with open(part, "wb") as file:
        for start in range(0, conversations, 5000):
            texts = [CORPORA[name].conversation(f"{seed}/{i}") for i in range(start, min(start + 5000, conversations))]
            ids = np.concatenate([np.array(e.ids, dtype="<u2") for e in tokenizer.encode_batch(texts)])
            ids.tofile(file)
            total += len(ids)
    part.rename(out / name)
    return total


def prompt_ids(tokenizer: Tokenizer, prompt: str) -> list[int]:
    """The ids of a one-turn conversation up to where the answer begins."""
    user, assistant, end = pair.SPECIAL_TOKENS
    return tokenizer.encode(f"{user}{prompt}{end}{assistant}").ids


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/models"))
    parser.add_argument("--corpus", choices=list(CORPORA), default="corpus.bin", help="corpus.bin, and the tokenizer from it, or another for that tokenizer")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    if chosen.corpus == "corpus.bin":
        train_tokenizer(chosen.out, chosen.seed)
    print(write_corpus(chosen.out, chosen.corpus, chosen.seed, TRAINING_CONVERSATIONS[chosen.corpus]), "tokens", flush=True)
