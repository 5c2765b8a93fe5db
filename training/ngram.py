"""A 3-gram model with absolute discounting and Kneser-Ney lower orders (Kneser, Ney 1995): the baseline of the evaluation."""
import numpy as np

DISCOUNT = 0.75


class Trigram:
    """Counts over the ids [n] of a corpus; probabilities interpolate three orders, the lower ones counting contexts instead of tokens."""

    def __init__(self, ids: np.ndarray, vocabulary: int):
        self.vocabulary = v = vocabulary
        ids = ids.astype(np.int64)
        triples, self.triple_counts = np.unique((ids[:-2] * v + ids[1:-1]) * v + ids[2:], return_counts=True)
        self.triples = triples
        self.contexts, first = np.unique(triples // v, return_index=True)
        self.context_counts = np.add.reduceat(self.triple_counts, first)
        self.context_kinds = np.diff(np.append(first, len(triples)))
        self.pairs, self.pair_kinds = np.unique(triples % (v * v), return_counts=True)
        self.heads, first = np.unique(self.pairs // v, return_index=True)
        self.head_counts = np.add.reduceat(self.pair_kinds, first)
        self.head_kinds = np.diff(np.append(first, len(self.pairs)))
        self.single = (np.bincount(self.pairs % v, minlength=v) + 0.1) / (len(self.pairs) + 0.1 * v)

    @staticmethod
    def _lookup(keys, values, wanted):
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, values[at], 0)

    def probabilities(self, ids: np.ndarray) -> np.ndarray:
        """p(ids[i] | ids[i-2], ids[i-1]) for i = 2.. -> [n - 2]."""
        v, ids = self.vocabulary, ids.astype(np.int64)
        a, b, c = ids[:-2], ids[1:-1], ids[2:]
        p = self.single[c]
        p = self._interpolated(self._lookup(self.pairs, self.pair_kinds, b * v + c), self._lookup(self.heads, self.head_counts, b),
                               self._lookup(self.heads, self.head_kinds, b), p)
        context = a * v + b
        return self._interpolated(self._lookup(self.triples, self.triple_counts, context * v + c), self._lookup(self.contexts, self.context_counts, context),
                                  self._lookup(self.contexts, self.context_kinds, context), p)

    @staticmethod
    def _interpolated(count, total, kinds, lower):
        total = total.astype(float)
        seen = np.maximum(total, 1)
        return np.where(total > 0, np.maximum(count - DISCOUNT, 0) / seen + DISCOUNT * kinds / seen * lower, lower)
