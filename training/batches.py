"""Training batches out of the tokenised corpus: what a step sees depends on the seed and the step's number alone, so a resumed run sees the same."""
import pathlib

import numpy as np
import torch

import pair
import tokenizer

# (tokens a sequence, sequences a batch, share of the steps): mostly short, some to the end of the context so that every position is trained.
LENGTHS = [(256, 16, 0.90), (512, 8, 0.07), (1024, 4, 0.03)]
TOKENS_A_STEP = 4096
PROMPT_WEIGHT = 0.15


class Batches:
    """Sequences start at the beginning of a conversation; `only` keeps those that ask for, say, a story."""

    def __init__(self, out: pathlib.Path, seed: int, only: str | None = None, corpus: str = "corpus.bin"):
        path = out / corpus
        if not path.exists():
            raise SystemExit(f"{path} is missing. Write it with: python training/tokenizer.py --corpus {corpus} --out {out}")
        self.ids = np.fromfile(path, dtype="<u2")
        longest = max(length for length, _, _ in LENGTHS) + 1
        starts = np.flatnonzero(self.ids == 0)
        self.starts = starts[starts < len(self.ids) - longest]
        if only:
            self.starts = self._starts_with_word(out, only)
        last_mark = np.maximum.accumulate(np.where(self.ids < 2, np.arange(len(self.ids)), 0))
        self.in_answer = self.ids[last_mark] == 1
        self.seed = seed

    def _starts_with_word(self, out, word):
        """The conversations whose first question holds the token of this word, with the space before it."""
        token = tokenizer.load(out).token_to_id("\u0120" + word)
        if token is None:
            raise SystemExit(f"'{word}' is not a single token of {out}/tokenizer.json. Choose a more frequent word.")
        first_question = [self.ids[s:s + 12] for s in self.starts]
        return np.array([s for s, ids in zip(self.starts, first_question, strict=True) if token in ids])

    def at(self, step: int):
        """-> inputs [rows, time] int64, targets [rows, time] int64, weights [rows, time] float32 (1 for an answer's token, less for a prompt's)."""
        rng = np.random.default_rng([self.seed, step])
        length, rows, _ = LENGTHS[rng.choice(len(LENGTHS), p=[share for _, _, share in LENGTHS])]
        where = rng.choice(self.starts, rows)[:, None] + np.arange(length + 1)
        ids = torch.from_numpy(self.ids[where].astype(np.int64))
        weights = np.where(self.in_answer[where[:, :-1]], 1.0, PROMPT_WEIGHT).astype(np.float32)
        return ids[:, :-1], ids[:, 1:], torch.from_numpy(weights)


assert all(length * rows == TOKENS_A_STEP and length <= pair.TARGET.context for length, rows, _ in LENGTHS)
