"""Has SmolLM2 write what its draft is trained on: its own answers to requests of our generators and to requests that it makes up itself, by going on from the
mark of a user's turn (Xu et al. 2024, "Magpie", arXiv 2406.08464).

    smollm2_answers.py [--out build/smollm2] [--minutes M | --count N] [--rows 64] [--seed 1]

Appends lines of JSON to OUT/answers.jsonl: {"index", "kind", "temperature", "ids", "answer", "at"}; `answer`: where in `ids` the answer begins; `at`: which
place in the two files beside it the first of `ids` has. OUT/states.bin: float16 [tokens, hidden], the target's last hidden state after each id, divided by its
root mean square; OUT/normalisers.bin: float32 [tokens], the logarithm of the sum of its logits' exponentials. With them a training need not run the target.
What a conversation asks and draws depends on its index and the seed alone, so a run that was ended goes on where it was.
"""
import argparse
import itertools
import json
import pathlib
import random
import time
from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F

import corpus
import smollm2
from corpus import requests
from network import Network, rotate

# Tokens of a conversation, and of a request that the model makes up.
LONGEST, LONGEST_REQUEST = 384, 160
FILES = ("answers.jsonl", "states.bin", "normalisers.bin")
MADE_UP, OPEN = "made up", "open"
# Of conversations: made up by the model, open chat, and the kinds of the embedded pair's corpus in equal parts.
SHARES = {MADE_UP: 0.35, OPEN: 0.25} | dict.fromkeys(corpus.KINDS, 0.4 / len(corpus.KINDS))
TEMPERATURES = {0.0: 0.6, 0.8: 0.4}
# A text that repeats its last so many tokens is ended there.
LOOP, LONGEST_PERIOD = 64, 32


def a_request(kind: str, r: random.Random) -> str:
    """One that is not held out."""
    while True:
        request = requests.request(r) if kind == OPEN else corpus.WIDE.generators[kind](r)[0]
        if corpus.split(request) == "train":
            return request


class Conversation:
    """One of them while it is written: `given` are the ids that are not drawn, in order. `request`: None where the model makes it up."""

    def __init__(self, index: int, kind: str, temperature: float, draws: np.random.Generator, request: str | None, encode):
        self.index, self.kind, self.temperature, self.draws = index, kind, temperature, draws
        self.ids: list[int] = []
        self.answer = 0
        # Of each id but the last, after which the target was not run.
        self.states: list[np.ndarray] = []
        self.normalisers: list[float] = []
        self.turn = encode(smollm2.ASSISTANT)
        self.given = encode(smollm2.USER)
        if request is not None:
            self.given += encode(request) + self.turn
            self.answer = len(self.given)

    @staticmethod
    def drawn(index: int, seed: int, encode) -> "Conversation":
        r = random.Random(f"smollm2/{seed}/{index}")
        kind = r.choices(list(SHARES), list(SHARES.values()))[0]
        temperature = r.choices(list(TEMPERATURES), list(TEMPERATURES.values()))[0]
        return Conversation(index, kind, temperature, np.random.default_rng([seed, index]), None if kind == MADE_UP else a_request(kind, r), encode)

    def heat(self) -> float:
        """The temperature at which the next token is drawn; a request of its own is never greedy, or all were the same."""
        return self.temperature if self.answer else max(self.temperature, 0.8)

    def take(self, drawn: int) -> int:
        """The next id: one that is given, or the drawn one."""
        if self.given:
            self.ids.append(self.given.pop(0))
        elif not self.answer and drawn in smollm2.STOPS:
            self.given = self.turn[1:]
            self.answer = len(self.ids) + len(self.turn)
            self.ids.append(self.turn[0])
        else:
            self.ids.append(drawn)
        return self.ids[-1]

    def seen(self, state: np.ndarray, normaliser: float) -> None:
        """What the target made of the last id."""
        self.states.append(state.astype("<f2"))
        self.normalisers.append(normaliser)

    def over(self) -> bool:
        if len(self.ids) >= (LONGEST if self.answer else LONGEST_REQUEST):
            return True
        if self.given:
            return False
        if self.ids[-1] in smollm2.STOPS and len(self.ids) > self.answer > 0:
            return True
        last = self.ids[-LOOP - LONGEST_PERIOD:]
        return len(self.ids) % 16 == 0 and len(last) == LOOP + LONGEST_PERIOD and any(last[-LOOP:] == last[-LOOP - p:-p] for p in range(1, LONGEST_PERIOD + 1))

    def worth_keeping(self) -> bool:
        return self.answer > 0 and len(self.ids) > self.answer + 4


def whole(lines: pathlib.Path) -> int:
    """The length of a file up to its last whole line, bytes; an ended run can leave a part of one after it. 0 where there is no file."""
    return lines.read_bytes().rfind(b"\n") + 1 if lines.exists() else 0


def conversations(folder: pathlib.Path) -> list[dict]:
    """Those that the folder has by now, in the order in which they were written: lines of answers.jsonl."""
    lines = folder / FILES[0]
    return [json.loads(line) for line in lines.read_bytes()[: whole(lines)].splitlines()] if lines.exists() else []


class Kept:
    """The conversations of a folder. A line is written after what it speaks of, so what an ended run left after the last whole line is cut off."""

    def __init__(self, out: pathlib.Path):
        out.mkdir(parents=True, exist_ok=True)
        self.lines, *self.arrays = (out / name for name in FILES)
        known = conversations(out)
        self.indices = {each["index"] for each in known}
        self.tokens = sum(len(each["ids"]) for each in known)
        lengths = whole(self.lines), *(self.tokens * width for width in (2 * smollm2.SHAPE.hidden, 4))
        for path, length in zip((self.lines, *self.arrays), lengths, strict=True):
            with open(path, "ab") as file:
                file.truncate(length)

    def add(self, each: Conversation) -> None:
        last = np.zeros(smollm2.SHAPE.hidden, "<f2")
        for path, array in zip(self.arrays, (np.stack([*each.states, last]), np.array([*each.normalisers, 0], "<f4")), strict=True):
            with open(path, "ab") as file:
                file.write(array.tobytes())
        line = {"index": each.index, "kind": each.kind, "temperature": each.temperature, "ids": each.ids, "answer": each.answer, "at": self.tokens}
        with open(self.lines, "a", encoding="utf-8") as file:
            print(json.dumps(line), file=file)
        self.tokens += len(each.ids)


class Writer:
    """Decodes many conversations at a time, each in its own row of a cache; a row whose conversation is over gets the next one."""

    def __init__(self, target: Network, system: list[int], rows: int, longest: int = LONGEST):
        s = target.shape
        self.target, self.system, self.rows = target, system, rows
        self.keys = torch.zeros(s.layers, rows, s.kv_heads, longest + len(system), s.head_dim)
        self.values = torch.zeros_like(self.keys)
        self.lengths = torch.zeros(rows, dtype=torch.int64)
        for row in range(rows):
            self.reset(row)
        for id in system:
            self.states(torch.full((rows,), id))

    def reset(self, row: int) -> None:
        """A new conversation begins after the system message, whose keys and values stay."""
        self.lengths[row] = len(self.system) if self.lengths[row] else 0

    def states(self, ids: torch.Tensor) -> torch.Tensor:
        """ids [rows], each at the end of its row -> the last hidden states [rows, hidden], divided by their root mean square."""
        s, at, every = self.target.shape, self.lengths, torch.arange(self.rows)
        end = int(at.max()) + 1
        cos, sin = self.target.cos[at][:, None], self.target.sin[at][:, None]
        unseen = torch.arange(end) > at[:, None]
        x = F.embedding(ids, self.target.emb)
        for i, layer in enumerate(self.target.layers):
            qkv = F.linear(F.rms_norm(x, (s.hidden,), layer.n1, s.norm_epsilon), layer.qkv).view(self.rows, -1, s.head_dim)
            q, k, v = qkv.split((s.heads, s.kv_heads, s.kv_heads), dim=1)
            self.keys[i, every, :, at], self.values[i, every, :, at] = rotate(k, cos, sin), v
            q = rotate(q, cos, sin).reshape(self.rows, s.kv_heads, -1, s.head_dim)
            scores = (q @ self.keys[i, :, :, :end].transpose(-1, -2)) * s.head_dim**-0.5
            weights = scores.masked_fill_(unseen[:, None, None], float("-inf")).softmax(-1)
            attended = weights @ self.values[i, :, :, :end]
            x = x + F.linear(attended.reshape(self.rows, -1), layer.o)
            gate, up = F.linear(F.rms_norm(x, (s.hidden,), layer.n2, s.norm_epsilon), layer.gate_up).chunk(2, dim=-1)
            x = x + F.linear(F.silu(gate) * up, layer.down)
        self.lengths += 1
        return F.rms_norm(x, (s.hidden,), None, s.norm_epsilon)


def draw(logits: torch.Tensor, heats: list[float], uniforms: np.ndarray) -> list[int]:
    """One id a row: the most likely where the heat is 0, else by the inverse of the cumulative distribution."""
    ids, warm = logits.argmax(-1), [i for i, heat in enumerate(heats) if heat > 0]
    if warm:
        chances = (logits[warm] / torch.tensor([heats[i] for i in warm])[:, None]).softmax(-1).cumsum(-1)
        wanted = torch.from_numpy(uniforms[warm]).float()[:, None] * chances[:, -1:]
        ids[warm] = torch.searchsorted(chances, wanted).squeeze(-1).clamp(max=logits.shape[-1] - 1)
    return ids.tolist()


@torch.inference_mode()
def converse(writer: Writer, waiting: Iterator[Conversation]) -> Iterator[Conversation]:
    """Writes all that are waiting; yields each when it is over."""
    active = [next(waiting, None) for _ in range(writer.rows)]
    ids = [each.take(-1) if each else 0 for each in active]
    while any(active):
        states = writer.states(torch.tensor(ids))
        logits = F.linear(states * writer.target.norm, writer.target.head)
        normalisers = logits.logsumexp(-1).tolist()
        drawn = draw(logits, [each.heat() if each else 0.0 for each in active], np.array([each.draws.random() if each else 0.0 for each in active]))
        for row, (each, state) in enumerate(zip(active, states.numpy(), strict=True)):
            if each:
                each.seen(state, normalisers[row])
                ids[row] = each.take(drawn[row])
            if each and not each.over():
                continue
            if each:
                yield each
            active[row] = next(waiting, None)
            writer.reset(row)
            ids[row] = active[row].take(-1) if active[row] else 0


def encoder():
    """-> a function from text to ids, of which the marks of turns are one each."""
    made = smollm2.tokenizer()
    return lambda text: made.encode(text, add_special_tokens=False).ids


def write(out: pathlib.Path, rows: int, seed: int, over) -> None:
    """Writes conversations until over(written) says so."""
    kept, encode = Kept(out), encoder()
    waiting = (Conversation.drawn(index, seed, encode) for index in itertools.count() if index not in kept.indices)
    written, before, begun = 0, kept.tokens, time.monotonic()
    for each in converse(Writer(smollm2.load(), encode(smollm2.SYSTEM), rows), waiting):
        if each.worth_keeping():
            kept.add(each)
            written += 1
            if written % 50 == 0:
                print(f"{written} conversations, {kept.tokens} tokens, {(kept.tokens - before) / (time.monotonic() - begun):.0f} tokens/s", flush=True)
        if over(written):
            break


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/smollm2"))
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float)
    length.add_argument("--count", type=int, help="conversations")
    parser.add_argument("--rows", type=int, default=64, help="conversations at a time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    begun = time.monotonic()
    write(chosen.out, chosen.rows, chosen.seed, lambda written: written >= chosen.count if chosen.count else time.monotonic() - begun > 60 * chosen.minutes)


if __name__ == "__main__":
    main()
