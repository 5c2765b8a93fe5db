"""TVM's WebGPU generator declares every storage buffer array<f32> and reads a vector as four scalars. Where a kernel touches a buffer only
in whole aligned vectors, this declares it array<vec4<f32>> instead, in the packed device code and keeping its length."""
import re

KERNEL = b"//----------------------------------------\n// Function: "


def widen(source: str) -> str:
    """One kernel's WGSL with every buffer widened that allows it."""
    for name in re.findall(r"var<storage, read(?:_write)?> (\w+) : array<f32>;", source):
        buffer = re.escape(name)
        reads = rf"vec4<f32>\({buffer}\[(\w+) \+ 0\], {buffer}\[\1 \+ 1\], {buffer}\[\1 \+ 2\], {buffer}\[\1 \+ 3\]\)"
        lane = r"\n\s*{b}\[\1 \+ {i}\] = \2\[{i}\];"
        writes = rf"{buffer}\[(\w+) \+ 0\] = (.+)\[0\];" + "".join(lane.format(b=buffer, i=i) for i in (1, 2, 3))
        widened = re.sub(reads, rf"{name}[\1>>2u]", source)
        widened = re.sub(writes, rf"{name}[\1>>2u] = \2;", widened)
        uses = len(re.findall(rf"\b{buffer}\[", widened))
        if uses and uses == len(re.findall(rf"\b{buffer}\[\w+>>2u\]", widened)):
            source = widened.replace(f"{name} : array<f32>;", f"{name} : array<vec4<f32>>;")
    return source


def widen_packed(code: bytes) -> bytes:
    """Device code as TVM packs it: each kernel behind its length (uint64, little-endian), padded with spaces to keep it."""
    out = bytearray(code)
    at = 0
    while (at := code.find(KERNEL, at)) >= 0:
        length = int.from_bytes(code[at - 8 : at], "little")
        if not 100 < length < 10_000_000 or at + length > len(code):
            at += len(KERNEL)
            continue
        widened = widen(code[at : at + length].decode()).encode()
        if len(widened) <= length:
            out[at : at + length] = widened.ljust(length)
        at += length
    return bytes(out)
