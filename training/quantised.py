"""What the pair loses and weighs with quantised weights: held-out loss of the practice corpus, sizes, and by rule what is right of greedy answers.

    quantised.py [--work build/models] [--prompts 50] [--answers SCHEME ...]

Weights of the checkpoints are rounded to a scheme's grid and computed in float32, as a kernel that dequantises as it reads computes them. Prints
tables; changes no file.
"""
import argparse
import gzip
import pathlib
from dataclasses import dataclass

import numpy as np
import torch

import corpus
import evaluate
import rules
import tokenizer as tokens
from library.layout import matrices, pack, parameters, unpack
from network import Network, from_arrays, to_arrays
from train import load_checkpoint

LENGTH = 400
# Shares of a group's range that are tried at four bits; the one of the least squared error is kept.
CLIPS = torch.linspace(1, 0.5, 21).tolist()


@dataclass(frozen=True)
class Grid:
    """Whole numbers of so many bits, with a float16 scale (and, if asymmetric, a float16 least value) for every group along the inner dimension;
    group 0: all of an output channel, of the embedding all of a token's row."""

    bits: int
    group: int = 0
    asymmetric: bool = False

    def quantise(self, matrix: torch.Tensor) -> tuple[torch.Tensor, bytes]:
        """[out, in] -> the matrix on the grid, and its bytes."""
        values, codes, scale, least = self._best(matrix)
        codes = codes.to(torch.uint8).numpy().reshape(-1)
        packed = codes if self.bits == 8 else codes[0::2] | (codes[1::2] << 4)
        parts = [packed, scale.half().numpy()] + ([least.half().numpy()] if self.asymmetric else [])
        return values.reshape(matrix.shape), b"".join(part.tobytes() for part in parts)

    def codes(self, matrix: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """[out, in] -> of each group the codes from 0 on, the scale and the least value: [groups, group], [groups, 1], [groups, 1]."""
        return self._best(matrix)[1:]

    def _best(self, matrix: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """As `_rounded`, of the least squared error."""
        groups = matrix.reshape(-1, self.group or matrix.shape[1])
        best = self._rounded(groups, 1.0)
        for clip in CLIPS[1:] if self.bits < 8 else []:
            other = self._rounded(groups, clip)
            better = ((other[0] - groups) ** 2).sum(1) < ((best[0] - groups) ** 2).sum(1)
            best = tuple(torch.where(better[:, None], new, old) for new, old in zip(other, best, strict=True))
        return best

    def _rounded(self, groups: torch.Tensor, clip: float) -> tuple[torch.Tensor, ...]:
        """-> values, codes from 0 on, scales, least values, with the range of every group cut to `clip` of it."""
        if self.asymmetric:
            top, steps = groups.amax(1, keepdim=True) * clip, 2**self.bits - 1
            least = (groups.amin(1, keepdim=True) * clip).half().float()
            scale = (top - least) / steps
        else:
            steps = 2**self.bits - 2
            scale = groups.abs().amax(1, keepdim=True) * clip * 2 / steps
        scale = scale.clamp(min=2.0**-14).half().float()
        if not self.asymmetric:
            least = -scale * (steps // 2)
        codes = ((groups - least) / scale).round().clamp(0, steps)
        return codes * scale + least, codes, scale, least


class AsShipped:
    """int8 with a scale a column, where lower bytes of a word stay in as a fraction (library/layout.py)."""

    def quantise(self, matrix: torch.Tensor) -> tuple[torch.Tensor, bytes]:
        words = pack(matrix.T.numpy())
        return torch.from_numpy(unpack(words)).T, words.tobytes()


class Bfloat16:
    def quantise(self, matrix: torch.Tensor) -> tuple[torch.Tensor, bytes]:
        rounded = matrix.bfloat16()
        return rounded.float(), rounded.view(torch.int16).numpy().tobytes()


# Of a scheme: the grid of the layers' matrices, and that of embedding and head.
COLUMNS = Grid(8)
# What the others are compared with; the first.
BASELINE = "bfloat16"
SCHEMES = {
    BASELINE: (Bfloat16(), Bfloat16()),
    "int8-columns": (COLUMNS, COLUMNS),
    "int8-fraction": (AsShipped(), AsShipped()),
    "int8-groups": (Grid(8, 64), Grid(8, 64)),
    "int4-symmetric": (Grid(4, 32), Grid(4, 32)),
    "int4-asymmetric": (Grid(4, 32, True), Grid(4, 32, True)),
    "int4-mixed": (Grid(4, 32, True), COLUMNS),
}


def quantised(work: pathlib.Path, name: str, scheme: str) -> tuple[Network, bytes]:
    """A checkpoint's model with its matrices on the scheme's grids, and their bytes."""
    shape, state = load_checkpoint(work, name)
    rounded, content = {}, []
    for key, matrix in matrices(to_arrays(state), shape).items():
        values, part = SCHEMES[scheme][key in ("emb", "head")].quantise(torch.from_numpy(np.ascontiguousarray(matrix.T)))
        rounded[key] = values.T.numpy()
        content.append(part)
    return from_arrays(shape, parameters(rounded, shape)), b"".join(content)


def row(name: str, values) -> None:
    print("| " + " | ".join([name, *values]) + " |", flush=True)


def head(first: str, names) -> None:
    row(first, names)
    print("|" + "---|" * (len(names) + 1))


def print_losses(work: pathlib.Path, tokenizer, examples: dict) -> None:
    """Nats a token by kind and their mean; the mean's change and that of the kind with the largest; megabytes, raw and compressed, of both models together."""
    sizes = {scheme: np.zeros(2) for scheme in SCHEMES}
    for name in ("target", "draft"):
        head(name, [*examples, "mean", "its change", "worst kind's"])
        for scheme in SCHEMES:
            network, content = quantised(work, name, scheme)
            sizes[scheme] += len(content), len(gzip.compress(content, 9))
            each = np.array([evaluate.losses(network, tokenizer, chosen) for chosen in examples.values()])
            if scheme == BASELINE:
                baseline = each
            worst = int(np.argmax(each / baseline))
            changes = [f"{each.mean() / baseline.mean() - 1:+.2%}", f"{list(examples)[worst]} {each[worst] / baseline[worst] - 1:+.2%}"]
            row(scheme, [f"{loss:.5f}" for loss in [*each, each.mean()]] + (["", ""] if scheme == BASELINE else changes))
        print()
    head("MB", ["raw", "compressed"])
    for scheme, size in sizes.items():
        row(scheme, [f"{bytes_ / 1e6:.2f}" for bytes_ in size])
    print()


def print_answers(work: pathlib.Path, tokenizer, examples: dict, schemes: list[str]) -> None:
    """Right by rule of greedy answers, and accepted/drafted at temperature 0, target and draft in the same scheme."""
    head("right; accepted/drafted", [f"{kind}, {len(chosen)}" for kind, chosen in examples.items()])
    for scheme in schemes:
        target, draft = (quantised(work, name, scheme)[0] for name in ("target", "draft"))
        cells = []
        for kind, chosen in examples.items():
            length = evaluate.LIMITS.get(kind, (0, LENGTH))[1]
            figures, answers = evaluate.acceptance(target, draft, tokenizer, chosen, 0.0, length)
            right = sum(rules.right(kind, ids, tokenizer.decode(ids), example["check"]) for ids, example in zip(answers, chosen, strict=True))
            cells.append(f"{right}; {figures['accepted_per_drafted']:.3f}")
        row(scheme, cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("build/models"), help="folder of the tokenizer and the checkpoints")
    parser.add_argument("--prompts", type=int, default=50, help="held-out prompts a kind")
    parser.add_argument("--answers", nargs="*", choices=list(SCHEMES), default=[], help="schemes to decode answers with, which is slower")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = tokens.load(chosen.work)
    counts = {kind: min(chosen.prompts, evaluate.LIMITS.get(kind, (chosen.prompts,))[0]) for kind in corpus.KINDS}
    examples = {kind: corpus.PRACTICE.examples(kind, "heldout", "evaluation", count) for kind, count in counts.items()}
    print_losses(chosen.work, tokenizer, examples)
    if chosen.answers:
        print_answers(chosen.work, tokenizer, examples, chosen.answers)


if __name__ == "__main__":
    main()
