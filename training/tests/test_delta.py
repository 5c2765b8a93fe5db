"""Deltas: what is made of a base is the content that the delta was made for, whatever both are."""
import random

import pytest

from library import delta

CASES = 60


def changed(base: bytes, draw: random.Random) -> bytes:
    """Pieces of `base`, moved, with bytes changed and new ones between, as a compiler leaves a program whose constants grew."""
    content = b""
    for _ in range(draw.randrange(6)):
        begin = draw.randrange(len(base) + 1)
        piece = bytearray(base[begin : begin + draw.randrange(400)])
        for at in range(0, len(piece), draw.randrange(3, 40)):
            piece[at] = piece[at] + 9 & 255
        content += piece + draw.randbytes(draw.choice([0, 0, 1, 30]))
    return content


@pytest.mark.parametrize("seed", range(CASES))
def test_a_delta_makes_what_it_was_made_for(seed):
    draw = random.Random(seed)
    base = draw.randbytes(draw.choice([0, 1, 50, 3000]))
    content = draw.choice([changed(base, draw), draw.randbytes(draw.randrange(300)), base])
    assert delta.apply(base, delta.make(base, content), len(content)) == content


def test_a_delta_of_moved_pieces_is_small_and_the_same_every_time():
    draw = random.Random(1)
    base = draw.randbytes(60_000)
    content = base[20_000:] + b"new" + base[:20_000]
    made = delta.make(base, content)
    assert made == delta.make(base, content)
    assert len(made) < 100
