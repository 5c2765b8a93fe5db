"""What is counted of a draft's guesses."""
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

import smollm2_evaluate as evaluate  # noqa: E402
from smollm2_draft import GAMMA  # noqa: E402


def test_greedy_rounds_go_on_after_what_was_accepted_and_the_targets_own_token():
    # All right but at place 2: rounds at 0 (two accepted), 3 (four), and none at 8, which would reach beyond the end.
    right = torch.ones(11)
    right[2] = 0
    tally = evaluate.rounds([right] * GAMMA, 0.0)
    assert tally.tolist() == [[2, 2], [2, 2], [2, 1], [1, 1]]


def test_expected_rounds_begin_at_every_place():
    tally = evaluate.rounds([torch.full((6,), 0.5)] * GAMMA, 0.8)
    assert tally.tolist() == [[3, 1.5], [1.5, 0.75], [0.75, 0.375], [0.375, 0.1875]]


def test_a_chance_is_what_both_distributions_share():
    torch.manual_seed(2)
    head, kept = torch.randn(12, 8), torch.tensor([0, 2, 5, 7])
    target, draft = SimpleNamespace(norm=torch.ones(8), head=head), SimpleNamespace(kept=kept)
    states, guess = torch.randn(5, 8), torch.randn(5, 4)
    [chance] = evaluate.chances(draft, states, target, [guess], 0.8)
    p, q = (states @ head.T / 0.8).softmax(-1), torch.zeros(5, 12)
    q[:, kept] = (guess / 0.8).softmax(-1)
    assert torch.allclose(chance, 1 - 0.5 * (p - q).abs().sum(-1), atol=1e-6)
    [greedy] = evaluate.chances(draft, states, target, [guess], 0.0)
    assert greedy.tolist() == [float(kept[row.argmax()] == best) for row, best in zip(guess, (states @ head.T).argmax(-1), strict=True)]


def test_sixty_requests_are_asked_and_each_but_once():
    asked = list(evaluate.requests())
    assert len(asked) == len(set(asked)) == 60
