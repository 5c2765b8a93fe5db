"""Muon (Jordan et al. 2024, momentum orthogonalised by Newton-Schulz) for the layers' matrices, AdamW for embedding, head and norms."""
import torch

from team import Team

MATRIX_RATE, OTHER_RATE = 0.02, 3e-3
MOMENTUM, MATRIX_DECAY = 0.95, 0.01


def _orthogonal(g, kind):
    """The nearest semi-orthogonal matrix to g, by five steps of a quintic Newton-Schulz iteration in numbers of `kind`."""
    x = g.to(kind) / (g.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
    return (x.T if tall else x).float().contiguous()


class Optimizer:
    """step(scale) moves every parameter by its base rate times `scale` and clears the gradients. `kind`: the numbers that a matrix is orthogonalised in.
    In a team, all make the step of their mean gradient, and each orthogonalises some of the matrices."""

    def __init__(self, network, team: Team, kind=torch.bfloat16):
        self.team, self.kind = team, kind
        named = list(network.named_parameters())
        self.matrices = [p for n, p in named if p.ndim == 2 and n not in ("emb", "head")]
        self.others = [p for n, p in named if p.ndim == 1 or n in ("emb", "head")]
        self.momentum = [torch.zeros_like(p) for p in self.matrices]
        self.adam = torch.optim.AdamW(self.others, OTHER_RATE, betas=(0.9, 0.98), weight_decay=0.0)

    @torch.no_grad()
    def step(self, scale):
        for group in self.adam.param_groups:
            group["lr"] = OTHER_RATE * scale
        for p in [*self.matrices, *self.others]:
            self.team.mean(p.grad)
        torch.nn.utils.clip_grad_norm_(self.others, 1.0)
        self.adam.step()
        moves = []
        for i, (p, m) in enumerate(zip(self.matrices, self.momentum, strict=True)):
            m.mul_(MOMENTUM).add_(p.grad)
            moves.append(_orthogonal(p.grad + MOMENTUM * m, self.kind) if self.team.owns(i) else torch.empty_like(p))
        for i, (p, move) in enumerate(zip(self.matrices, moves, strict=True)):
            stretch = max(1.0, p.shape[0] / p.shape[1]) ** 0.5
            p.mul_(1 - MATRIX_DECAY * MATRIX_RATE * scale).add_(self.team.spread(move, i), alpha=-MATRIX_RATE * scale * stretch)
        for p in [*self.matrices, *self.others]:
            p.grad = None

    def state_dict(self):
        return {"momentum": self.momentum, "adam": self.adam.state_dict()}

    def load_state_dict(self, state):
        for mine, saved in zip(self.momentum, state["momentum"], strict=True):
            mine.copy_(saved)
        self.adam.load_state_dict(state["adam"])
