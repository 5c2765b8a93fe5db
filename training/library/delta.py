"""Deltas: what makes a file of another one, its base. src/formats/delta.ts applies them on the page, and says their layout."""
import gzip
from collections.abc import Iterator

import bsdiff4.core
import numpy as np


def make(base: bytes, content: bytes) -> bytes:
    """-> the delta that makes `content` of `base`. Equal bytes give equal deltas."""
    pieces = pieces_of(base, content)
    changed = np.frombuffer(content, np.uint8) - lay(base, pieces, len(content))
    places = np.flatnonzero(changed)
    gaps = np.diff(places, prepend=-1) - 1
    numbers = [len(pieces), len(places)]
    for take, leave, move in pieces:
        numbers += [take, leave, 2 * move if move >= 0 else -2 * move - 1]
    numbers += gaps.tolist()
    return gzip.compress(b"".join(map(leb128, numbers)) + changed[places].tobytes(), 9, mtime=0)


def apply(base: bytes, delta: bytes, length: int) -> bytes:
    """-> the content, of `length` bytes, that `delta` was made for."""
    packed = gzip.decompress(delta)
    numbers = read_leb128(packed)
    count, changes = next(numbers), next(numbers)
    pieces = []
    for _ in range(count):
        take, leave, move = (next(numbers) for _ in range(3))
        pieces.append((take, leave, move // 2 if move % 2 == 0 else -(move + 1) // 2))
    made = lay(base, pieces, length)
    gaps = np.array([next(numbers) for _ in range(changes)], np.int64)
    made[np.cumsum(gaps + 1) - 1] += np.frombuffer(packed[len(packed) - changes :], np.uint8)
    return made.tobytes()


def pieces_of(base: bytes, content: bytes) -> list[tuple[int, int, int]]:
    """-> (bytes of the base, bytes that are new, how far the base moves on then), of bsdiff, which finds pieces that are equal for the most part."""
    control, _, _ = bsdiff4.core.diff(base, content)
    numbers = [bsdiff4.core.decode_int64(control[at : at + 8]) for at in range(0, len(control), 8)]
    return [tuple(numbers[at : at + 3]) for at in range(0, len(numbers), 3)]


def lay(base: bytes, pieces: list[tuple[int, int, int]], length: int) -> np.ndarray:
    """-> the pieces of the base, zeros where something is new."""
    made = np.zeros(length, np.uint8)
    source = np.frombuffer(base, np.uint8)
    at = begin = 0
    for take, leave, move in pieces:
        made[at : at + take] = source[begin : begin + take]
        at += take + leave
        begin += take + move
    return made


def leb128(number: int) -> bytes:
    content = bytearray()
    while number > 127:
        content.append(number & 127 | 128)
        number >>= 7
    return bytes([*content, number])


def read_leb128(content: bytes) -> Iterator[int]:
    """-> the numbers in turn."""
    value = shift = 0
    for byte in content:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0
