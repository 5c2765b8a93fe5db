"""Rounds of speculative decoding on a pair of networks, for measuring: the reference implementation is the page's own core.

Rule: Leviathan et al. 2023, algorithm 1; at temperature 0 the argmax on both sides, ties to the lowest id.
"""
from dataclasses import dataclass

import torch

import pair


@dataclass
class Tally:
    """drafted = accepted + rejected + discarded; committed counts corrected and bonus tokens too."""

    rounds: int = 0
    drafted: int = 0
    accepted: int = 0
    committed: int = 0


class Decoder:
    """One network with its cache over a growing text of one row."""

    def __init__(self, network):
        self.network, self.caches, self.length = network, [{} for _ in network.layers], 0

    @torch.no_grad()
    def read(self, ids):
        """Appends ids to the cache -> logits [len(ids), vocabulary]."""
        at = torch.arange(self.length, self.length + len(ids))
        mask = torch.arange(self.length + len(ids))[None, :] <= at[:, None]
        logits = self.network(torch.tensor([ids]), positions=at[None], mask=mask[None, None], caches=self.caches)[0]
        self.length += len(ids)
        return logits

    def truncate(self, length):
        for cache in self.caches:
            for name in cache:
                cache[name] = cache[name][:, :, :length]
        self.length = length


def _distribution(logits, temperature):
    if temperature == 0:
        return torch.nn.functional.one_hot(logits.argmax(), logits.shape[-1]).float()
    return torch.softmax(logits.float() / temperature, -1)


def speculate(target, draft, prompt, length, gamma, temperature, generator):
    """prompt: ids -> (the generated ids, Tally). Ends at pair.END or after `length` tokens; the last, cut round is left out of the tally."""
    large, small = Decoder(target), Decoder(draft)
    history, tally, begin = list(prompt), Tally(), len(prompt)
    if len(history) > 1:
        large.read(history[:-1])
    while len(history) - begin < length and len(history) + gamma < target.shape.context:
        drafted, guesses, text = [], [], history
        for _ in range(gamma):
            q = _distribution(small.read(text[small.length:])[-1], temperature)
            drafted.append(int(torch.multinomial(q, 1, generator=generator)) if temperature else int(q.argmax()))
            guesses.append(q)
            text = history + drafted
        rows = [_distribution(row, temperature) for row in large.read(history[-1:] + drafted)]
        accepted = 0
        while accepted < gamma:
            token, p, q = drafted[accepted], rows[accepted], guesses[accepted]
            u = float(torch.rand((), generator=generator)) if temperature else 0.5
            if u * float(q[token]) >= float(p[token]):
                break
            accepted += 1
        p = rows[accepted]
        if accepted < gamma:
            residual = torch.clamp(p - guesses[accepted], min=0)
            p = residual if float(residual.sum()) > 0 else p
        last = int(torch.multinomial(p, 1, generator=generator)) if temperature else int(p.argmax())
        new = [*drafted[:accepted], last]
        ended = pair.END in new[:-1]
        if not ended:
            tally.rounds, tally.drafted = tally.rounds + 1, tally.drafted + gamma
            tally.accepted, tally.committed = tally.accepted + accepted, tally.committed + accepted + 1
        history += new[: new.index(pair.END) + 1] if pair.END in new else new
        if history[-1] == pair.END:
            break
        large.truncate(len(history) - 1)
        small.truncate(min(small.length, len(history) - 1))
    return history[begin:begin + length], tally
