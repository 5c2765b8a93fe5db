"""What TVM's WebGPU generator leaves on the table, mended in the packed device code of a library. It declares every storage buffer array<T> of
unknown length and reads a vector as four scalars. Where a kernel touches a buffer only in whole aligned vectors, this declares vectors; where
the length is known, it says so, which saves the bounds check its lookup. And it knows no place in a subgroup: where a kernel asks for that with
place_in_subgroup(), this hands it over."""
import re

KERNEL = b"//----------------------------------------\n// Function: "


def widen(source: str, known: dict[str, int]) -> str:
    """One kernel's WGSL with every buffer widened that allows it, and of fixed length where it is known."""
    for name, scalar in re.findall(r"var<storage, read(?:_write)?> (\w+) : array<(f32|u32)>;", source):
        buffer = re.escape(name)
        reads = rf"vec4<{scalar}>\({buffer}\[(\w+) \+ 0\], {buffer}\[\1 \+ 1\], {buffer}\[\1 \+ 2\], {buffer}\[\1 \+ 3\]\)"
        lane = r"\n\s*{b}\[\1 \+ {i}\] = \2\[{i}\];"
        writes = rf"\b{buffer}\[(\w+) \+ 0\] = (.+)\[0\];" + "".join(lane.format(b=buffer, i=i) for i in (1, 2, 3))
        widened = re.sub(reads, rf"{name}[\1>>2u]", source)
        widened = re.sub(writes, rf"{name}[\1>>2u] = \2;", widened)
        uses = len(re.findall(rf"\b{buffer}\[", widened))
        whole = uses and uses == len(re.findall(rf"\b{buffer}\[\w+>>2u\]", widened))
        source = widened if whole else source
        element = f"vec4<{scalar}>" if whole else scalar
        count = known.get(name.removesuffix("_ptr"))
        size = "" if count is None else f", {count // 4 if whole else count}"
        source = re.sub(rf"\b{buffer} : array<{scalar}>;", f"{name} : array<{element}{size}>;", source)
    return source


def place_in_subgroup(source: str) -> str:
    """One kernel's WGSL with each place_in_subgroup() made an int32 of the builtin; the subgroups are asked for in place of the first line."""
    if "place_in_subgroup()" not in source:
        return source
    source = "enable subgroups;\n" + source.split("\n", 1)[1].replace("place_in_subgroup()", "i32(place)")
    return source.replace("@builtin(workgroup_id)", "@builtin(subgroup_invocation_id) place : u32,\n  @builtin(workgroup_id)", 1)


def mend_packed(code: bytes, known: dict[str, dict[str, int]]) -> bytes:
    """Device code as TVM packs it: each kernel after its length (uint64, little-endian), padded with spaces to keep it.

    Raises ValueError for a kernel that would get longer.
    """
    out = bytearray(code)
    at = 0
    while (at := code.find(KERNEL, at)) >= 0:
        length = int.from_bytes(code[at - 8 : at], "little")
        if not 100 < length < 10_000_000 or at + length > len(code):
            at += len(KERNEL)
            continue
        source = code[at : at + length].decode()
        name = source.split("Function: ")[1].split("\n")[0].removesuffix("_kernel")
        mended = place_in_subgroup(widen(source, known.get(name, {}))).encode()
        if len(mended) > length:
            raise ValueError(f"{name} has {len(mended)} bytes and room for {length}.")
        out[at : at + length] = mended.ljust(length)
        at += length
    return bytes(out)
