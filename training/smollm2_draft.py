"""Drafts for SmolLM2, distilled on its own answers (smollm2_answers.py): what they compute, what they learn from and how well they guess.

A draft has a reduced vocabulary: the ids that its target uses most, the stop tokens always among them. Its embedding and its head are one matrix, the target's
own columns for those ids, and frozen; q is 0 for all other ids, and what it reads of them is 0 too. There are two kinds:

- `layers`: one layer or more of a decoder, started from layers of the target, that reads ids alone;
- `head`: one layer that reads the target's last hidden state after the token before, beside the embedding of a token; from the second draft token on its own
  output stands for that state (Li et al. 2024, "EAGLE: Speculative Sampling Requires Rethinking Feature Uncertainty"; trained on several of its own steps as in
  Li et al. 2025, "EAGLE-3").

    smollm2_draft.py --kind KIND --minutes M [--data build/smollm2 …] [--out build/smollm2/drafts] [--start FILE|FOLDER | --resume]

With --start it goes on from a draft that was trained before, with the ids that its own answers use most. A team of processes (team.py) shares the work of a step; the answers are not to grow meanwhile.
"""
import argparse
import json
import pathlib
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import run
import smollm2
from distill import objective
from library import grouped, layout
from network import Layer, Network, rotate
from smollm2_answers import FILES, MADE_UP, conversations
from team import Team

# One conversation in so many is held out of training, by its index.
HELD_OUT = 20
GAMMA = 4
# Positions a step, padding included, and conversations among which those of one batch are chosen by length.
TOKENS, WINDOW = 1536, 96
SEED = 22
SECONDS_A_MEASUREMENT = 420
# Of the reduced vocabulary; one column more is that of all other ids.
KEPT = 6143


@dataclass(frozen=True)
class Kind:
    """Layers of the target that a draft's layers start from; whether it reads the target's state; how many of its own steps it is trained on."""

    starts: tuple[int, ...]
    reads_state: bool = False
    depths: int = 1


KINDS = {"one-layer": Kind((0,)), "two-layers": Kind((0, 29)), "head": Kind((29,), True, 2)}
# Of the regression that a head starts from, a share of the rows.
RIDGE = 0.01
FIRST = 400
# What the loss and the feature's error of a deeper step count, against the step before.
DEEPER, FEATURE = 0.8, 0.1
# At first a head learns its first step alone, which takes half the work.
DEEPER_FROM = 0.6


class Draft(nn.Module):
    """`kept`: the ids of the reduced vocabulary, ascending."""

    def __init__(self, target: Network, kind: Kind, kept: torch.Tensor):
        super().__init__()
        self.shape, self.kind = target.shape, kind
        s = self.shape
        self.layers = nn.ModuleList(Layer(s) for _ in kind.starts)
        for layer, start in zip(self.layers, kind.starts, strict=True):
            layer.load_state_dict(target.layers[start].state_dict())
        self.norm = nn.Parameter(target.norm.clone())
        if kind.reads_state:
            self.from_state, self.from_embedding = (nn.Parameter(torch.eye(s.hidden)) for _ in range(2))
            nn.init.zeros_(self.layers[0].o)
            nn.init.zeros_(self.layers[0].down)
        emb = torch.zeros_like(target.emb)
        emb[kept] = target.emb[kept]
        for name, value in {"emb": emb, "head": target.emb[kept], "kept": kept, "cos": target.cos, "sin": target.sin}.items():
            self.register_buffer(name, value.detach().clone(), persistent=name == "kept")

    @torch.no_grad()
    def begin(self, ids: torch.Tensor, states: torch.Tensor, own: torch.Tensor) -> None:
        """What a head starts from: the linear map that comes closest to the target's states, by ridge regression."""
        read = torch.cat((F.pad(states[:, :-1], (0, 0, 1, 0)), self.unit(F.embedding(ids, self.emb))), -1)[own].double()
        wanted = states[own].double()
        ridge = RIDGE * len(read) * torch.eye(read.shape[1], dtype=torch.float64)
        solution = torch.linalg.solve(read.T @ read + ridge, read.T @ wanted).T.float()
        self.from_state.copy_(solution[:, : self.shape.hidden])
        self.from_embedding.copy_(solution[:, self.shape.hidden:])

    def unit(self, x: torch.Tensor) -> torch.Tensor:
        return F.rms_norm(x, (self.shape.hidden,), None, self.shape.norm_epsilon)

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """[..., hidden], of root mean square 1 -> [..., kept]."""
        return F.linear(states * self.norm, self.head)

    def steps(self, ids: torch.Tensor, states: torch.Tensor, depths: int) -> list[torch.Tensor]:
        """ids [batch, time]; states [batch, time, hidden], the target's after each of them -> of each depth the draft's own states after each, of root mean
        square 1: at depth j those of a draft that has read the target's state j tokens before for the last time."""
        if not self.kind.reads_state:
            x = F.embedding(ids, self.emb)
            for layer in self.layers:
                x, _ = self._layer(layer, x, [])
            return [self.unit(x)] * depths
        embedded = F.linear(self.unit(F.embedding(ids, self.emb)), self.from_embedding)
        out, cache = [], []
        for _ in range(depths):
            before = F.pad((out[-1] if out else states)[:, :-1], (0, 0, 1, 0))
            x, own = self._layer(self.layers[0], embedded + F.linear(before, self.from_state), cache)
            cache.append(own)
            out.append(self.unit(x))
        return out

    def _layer(self, layer: Layer, x: torch.Tensor, cache: list) -> tuple[torch.Tensor, tuple]:
        """One layer at depth len(cache) -> its output, and its keys and values. A row sees those of depth 0 up to len(cache) tokens before itself, then one row
        of each depth up to its own."""
        s, depth = self.shape, len(cache)
        batch, time, _ = x.shape
        qkv = F.linear(F.rms_norm(x, (s.hidden,), layer.n1, s.norm_epsilon), layer.qkv).view(batch, time, -1, s.head_dim).transpose(1, 2)
        q, k, v = qkv.split((s.heads, s.kv_heads, s.kv_heads), dim=1)
        q, k = (rotate(each, self.cos[:time], self.sin[:time]) for each in (q, k))
        own = tuple(each.repeat_interleave(s.heads // s.kv_heads, dim=1) for each in (k, v))
        every = [*cache, own]
        unseen = torch.ones(time, time, dtype=torch.bool).triu(1 - depth)
        scores = [(q @ every[0][0].transpose(-1, -2)).masked_fill(unseen, float("-inf"))]
        shifted = [tuple(F.pad(each, (0, 0, depth - i, 0))[:, :, :time] for each in every[i]) for i in range(1, depth + 1)]
        scores += [(q * keys).sum(-1, keepdim=True) for keys, _ in shifted]
        weights = (torch.cat(scores, -1) * s.head_dim**-0.5).softmax(-1)
        attended = weights[..., :time] @ every[0][1]
        for i, (_, values) in enumerate(shifted):
            attended = attended + weights[..., time + i, None] * values
        x = x + F.linear(attended.transpose(1, 2).reshape(batch, time, -1), layer.o)
        gate, up = F.linear(F.rms_norm(x, (s.hidden,), layer.n2, s.norm_epsilon), layer.gate_up).chunk(2, dim=-1)
        return x + F.linear(F.silu(gate) * up, layer.down), own


def written(folder: pathlib.Path) -> list[dict]:
    """The conversations of a folder: of each its line, with `states` and `normalisers`, those of its ids."""
    lines = conversations(folder)
    states = np.memmap(folder / FILES[1], "<f2", "r").reshape(-1, smollm2.SHAPE.hidden)
    normalisers = np.memmap(folder / FILES[2], "<f4", "r")
    places = [slice(line["at"], line["at"] + len(line["ids"])) for line in lines]
    return [line | {"states": states[place], "normalisers": normalisers[place]} for line, place in zip(lines, places, strict=True)]


class Answers:
    """The conversations of some folders, after the system message, which has states of its own."""

    def __init__(self, folders: list[pathlib.Path], target: Network):
        self.folders, self.target = folders, target
        system = smollm2.tokenizer().encode(smollm2.SYSTEM, add_special_tokens=False).ids
        with torch.no_grad():
            self.system_states = (target.hidden_states(torch.tensor([system]))[0] / target.norm).numpy()
        self.system = np.array(system)
        self.read()

    def read(self) -> None:
        """What the folders have by now."""
        self.every = [each for folder in self.folders for each in written(folder)]
        self.held_out = [each for each in self.every if each["index"] % HELD_OUT == 0]
        self.train = [each for each in self.every if each["index"] % HELD_OUT]
        self.tokens = sum(len(each["ids"]) for each in self.train)

    def kept(self, count: int, before: Iterable[int] = ()) -> torch.Tensor:
        """The ids that answers use most; `before`: those that the draft knew until now, which count once more."""
        return kept_ids([before, *(each["ids"][each["answer"]:] for each in self.train)], count)

    def batches(self, step: int):
        """The conversations to train on, once each, in batches of at most TOKENS positions."""
        rng = np.random.default_rng([SEED, step])
        order = rng.permutation(len(self.train))
        batches = []
        for first in range(0, len(order), WINDOW):
            batch = []
            for each in sorted((self.train[i] for i in order[first:first + WINDOW]), key=lambda each: len(each["ids"])):
                if (len(batch) + 1) * (len(each["ids"]) + len(self.system)) > TOKENS:
                    batches.append(batch)
                    batch = []
                batch.append(each)
            batches.append(batch)
        return [batches[i] for i in rng.permutation(len(batches))]

    def batch(self, conversations: list[dict]):
        """-> ids, states, normalisers, and which rows are the target's own text: those after which it wrote the next token."""
        begin = len(self.system)
        rows, time = len(conversations), begin + max(len(each["ids"]) for each in conversations)
        ids, states = np.zeros((rows, time), np.int64), np.zeros((rows, time, smollm2.SHAPE.hidden), np.float32)
        normalisers, own = np.zeros((rows, time), np.float32), np.zeros((rows, time), bool)
        for row, each in enumerate(conversations):
            end = begin + len(each["ids"])
            ids[row, :end] = [*self.system, *each["ids"]]
            states[row, :begin], states[row, begin:end] = self.system_states, each["states"]
            normalisers[row, begin:end] = each["normalisers"]
            own[row, begin + (2 if each["kind"] == MADE_UP else each["answer"] - 1):end - 1] = True
        return tuple(torch.from_numpy(each) for each in (ids, states, normalisers, own))


def kept_ids(texts: Iterable[Iterable[int]], count: int) -> torch.Tensor:
    """The ids that `texts` use most, the stop tokens among them; of ids used as often the lower, which a tokenizer learns from more text. Ascending.

    Raises ValueError where `count` leaves no room for the stop tokens."""
    if count < len(smollm2.STOPS):
        raise ValueError(f"A reduced vocabulary of {count} misses stop tokens. Give it {len(smollm2.STOPS)} or more.")
    used = Counter(id for text in texts for id in text)
    used.update(dict.fromkeys(smollm2.STOPS, 1 << 40))
    return torch.tensor(sorted(sorted(range(smollm2.SHAPE.vocabulary), key=lambda id: (-used[id], id))[:count]))


def shipped(folder: pathlib.Path, target: Network, kind: Kind) -> Draft:
    """A draft of `kind` with the weights that smollm2_export.py wrote, rounded as they are there."""
    arrays = layout.read(folder)
    floats = {name: words.view(np.float32) if words.size == target.shape.hidden else grouped.unpack(words).weights().T for name, words in arrays.items() if name not in ("emb", "columns")}
    columns = arrays["columns"].view(np.int32)
    state = {"norm": floats["norm"], "kept": np.flatnonzero(columns != columns.max())}
    for i in range(len(kind.starts)):
        at = f"layers.{i}."
        state |= {at + name: floats[at + name] for name in ("o", "down", "n1", "n2")}
        state[at + "qkv"] = floats[at + "qkv"][np.argsort(layout.rotary_columns(target.shape))]
        state[at + "gate_up"] = floats[at + "gu"][np.argsort(layout.gate_up_columns(target.shape))]
    if kind.reads_state:
        state |= {name: floats[name] for name in ("from_state", "from_embedding")}
    state = {name: torch.from_numpy(np.array(array, order="C")) for name, array in state.items()}
    draft = Draft(target, kind, state["kept"])
    draft.load_state_dict(state)
    return draft


def load(checkpoint: pathlib.Path, kind: str, target: Network) -> Draft:
    """A draft out of a checkpoint, or out of a folder that smollm2_export.py wrote."""
    if checkpoint.is_dir():
        return shipped(checkpoint, target, KINDS[kind]).eval()
    state = torch.load(checkpoint, weights_only=True)["state"]
    draft = Draft(target, KINDS[kind], state["kept"])
    draft.load_state_dict(state)
    return draft.eval()


class Teacher:
    """The target's distribution over a reduced vocabulary."""

    def __init__(self, target: Network, kept: torch.Tensor):
        self.norm, self.head = target.norm, target.emb[kept]

    @torch.no_grad()
    def log_p(self, states: torch.Tensor, normalisers: torch.Tensor) -> torch.Tensor:
        return F.linear(states * self.norm, self.head) - normalisers[:, None]


def loss_of(draft: Draft, teacher: Teacher, batch, depths: int) -> torch.Tensor:
    """The objective's mean over the target's own text, nats a token, and the error of the states, over the depths."""
    ids, states, normalisers, own = batch
    log_p, wanted = teacher.log_p(states[own], normalisers[own]), states[own]
    total, weight = 0.0, 0.0
    for depth, out in enumerate(draft.steps(ids, states, depths)):
        guessed = out[own]
        loss = objective(log_p, F.log_softmax(draft.logits(guessed), -1)).mean()
        if draft.kind.reads_state:
            loss = loss + FEATURE * F.smooth_l1_loss(guessed, wanted)
        total, weight = total + DEEPER**depth * loss, weight + DEEPER**depth
    return total / weight


@torch.no_grad()
def measure(draft: Draft, teacher: Teacher, answers: Answers, conversations: list[dict]) -> dict:
    """-> {"overlap": by depth, the expected acceptance at temperature 1, the sum of min(p, q), over answers; "accepted": by kind, accepted / drafted at GAMMA
    and temperature 0 over those answers that are greedy}."""
    overlaps, tallies = [[] for _ in range(GAMMA)], {}
    for first in range(0, len(conversations), 8):
        chosen = conversations[first:first + 8]
        ids, states, normalisers, _ = answers.batch(chosen)
        steps = draft.steps(ids, states, GAMMA if draft.kind.reads_state else 1)
        begin = len(answers.system)
        for row, each in enumerate(chosen):
            at, end = begin + each["answer"] - 1, begin + len(each["ids"]) - 1
            log_p = teacher.log_p(states[row, at:end], normalisers[row, at:end])
            guesses = [F.log_softmax(draft.logits(step[row, at:end]), -1) for step in steps]
            for depth, guess in enumerate(guesses):
                overlaps[depth].append(torch.minimum(log_p, guess).exp().sum(-1)[depth:])
            if each["temperature"] > 0:
                continue
            right = [draft.kept[guess.argmax(-1)] == ids[row, at + 1:end + 1] for guess in guesses]
            right = right * GAMMA if len(right) == 1 else right
            tally = tallies.setdefault(each["kind"], [0, 0])
            place, last = 0, end - at
            while place + GAMMA <= last:
                accepted = next((j for j in range(GAMMA) if not right[j][place + j]), GAMMA)
                tally[0], tally[1] = tally[0] + accepted, tally[1] + GAMMA
                place += accepted + 1
    overall = [sum(each) for each in zip(*tallies.values(), strict=True)]
    tallies["all"] = overall
    overlap = [round(float(torch.cat(each).mean()), 4) for each in overlaps if each]
    return {"overlap": overlap, "accepted": {kind: round(accepted / max(drafted, 1), 3) for kind, (accepted, drafted) in sorted(tallies.items())}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=list(KINDS), required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--data", type=pathlib.Path, nargs="+", default=[pathlib.Path("build/smollm2")], help="folders of answers, each of a seed of its own")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/smollm2/drafts"))
    parser.add_argument("--deeper", type=float, default=DEEPER_FROM, help="the share of the minutes from which a head is trained on its own steps")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--peak", type=float, default=0.5)
    parser.add_argument("--measured", type=int, default=60, help="held-out conversations to measure on")
    parser.add_argument("--start", type=pathlib.Path, help="a draft of this kind that it starts from: a checkpoint, or a folder that smollm2_export.py wrote")
    parser.add_argument("--name")
    chosen = parser.parse_args()
    team = Team()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    target = smollm2.load()
    answers = Answers(chosen.data, target)
    kind = KINDS[chosen.kind]
    folder = chosen.out / (chosen.name or chosen.kind)
    folder.mkdir(parents=True, exist_ok=True)
    start = load(chosen.start, chosen.kind, target) if chosen.start else None
    saved = torch.load(folder / "resume.pt", weights_only=True) if chosen.resume else None
    kept = saved["state"]["kept"] if saved else answers.kept(KEPT, start.kept.tolist() if start else ())
    draft, teacher = Draft(target, kind, kept), Teacher(target, kept)
    if start:
        draft.load_state_dict(start.state_dict() | {"kept": kept})
    elif kind.reads_state and not saved:
        draft.begin(*(answers.batch(answers.train[:FIRST])[i] for i in (0, 1, 3)))
    waiting, begun, seen = [], time.monotonic() - (saved["seconds"] if saved else 0), 0
    last = -1e9

    def loss_of_step(step: int) -> torch.Tensor:
        nonlocal waiting, last, seen
        if team.rank == 0 and time.monotonic() - last > SECONDS_A_MEASUREMENT:
            figures = measure(draft, teacher, answers, answers.held_out[: chosen.measured])
            last = time.monotonic()
            line = json.dumps({"step": step, "minutes": round((last - begun) / 60, 1), "seen": seen, "tokens": answers.tokens, **figures})
            print(line, flush=True)
            with open(folder / "curve.jsonl", "a", encoding="utf-8") as file:
                print(line, file=file)
        if not waiting:
            answers.read()
            every = answers.batches(step)
            waiting = every[team.rank:len(every) // team.size * team.size:team.size]
        batch = answers.batch(waiting.pop())
        seen += int(batch[3].sum())
        deep = time.monotonic() - begun > 60 * chosen.minutes * chosen.deeper
        return loss_of(draft, teacher, batch, kind.depths if deep else 1)

    run.run(folder, draft, loss_of_step, None, chosen.minutes, chosen.resume, run.Schedule(chosen.peak, 0.7, 10), team, torch.float32)
    if team.rank == 0:
        print(json.dumps(measure(draft, teacher, answers, answers.held_out)))


if __name__ == "__main__":
    main()
