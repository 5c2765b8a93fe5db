"""Rewriting of the WGSL that TVM generates."""
import pathlib

import pytest

from library import wgsl

LIBRARIES = sorted((pathlib.Path(__file__).parents[2] / "public/models/libraries").glob("*.wasm"))
MARK = "//----------------------------------------\n// Function: "
DECLARED = """@group(0) @binding(0) var<storage, read_write> out_ptr : array<f32>;
@group(0) @binding(1) var<storage, read> in_ptr : array<f32>;
"""
READ = "  var v__1 : vec4<f32> = vec4<f32>(in_ptr[i + 0], in_ptr[i + 1], in_ptr[i + 2], in_ptr[i + 3]);\n"
WRITTEN = "  out_ptr[j + 0] = v__1[0];\n  out_ptr[j + 1] = v__1[1];\n  out_ptr[j + 2] = v__1[2];\n  out_ptr[j + 3] = v__1[3];\n"


def test_a_buffer_that_is_only_touched_in_whole_vectors_becomes_one_of_vectors():
    widened = wgsl.widen(DECLARED + READ + WRITTEN, {})
    assert "out_ptr : array<vec4<f32>>;" in widened
    assert "in_ptr : array<vec4<f32>>;" in widened
    assert "var v__1 : vec4<f32> = in_ptr[i>>2u];" in widened
    assert "out_ptr[j>>2u] = v__1;" in widened


@pytest.mark.parametrize("scalar", ["  x = in_ptr[i];\n", "  x = vec4<f32>(in_ptr[i + 0], in_ptr[i + 1], in_ptr[i + 2], in_ptr[i + 4]);\n"])
def test_a_buffer_that_is_also_touched_otherwise_stays_as_it_was(scalar):
    widened = wgsl.widen(DECLARED + READ + scalar + WRITTEN, {})
    assert "in_ptr : array<f32>;" in widened
    assert READ in widened
    assert scalar in widened
    assert "out_ptr : array<vec4<f32>>;" in widened


def test_a_buffer_of_known_length_says_it_in_elements_of_its_own():
    assert "in_ptr : array<vec4<f32>, 3>;" in wgsl.widen(DECLARED + READ, {"in": 12})
    assert "in_ptr : array<f32, 12>;" in wgsl.widen(DECLARED + "  x = in_ptr[i];\n", {"in": 12})


def test_a_name_within_another_is_another_buffer():
    source = DECLARED.replace("out_ptr", "big_in_ptr") + READ + "  x = big_in_ptr[i];\n"
    widened = wgsl.widen(source, {})
    assert "var<storage, read> in_ptr : array<vec4<f32>>;" in widened
    assert "big_in_ptr : array<f32>;" in widened


def test_a_kernel_that_asks_for_its_place_in_a_subgroup_gets_it():
    source = "// first line\nfn main(\n  @builtin(workgroup_id) blockIdx : vec3<u32>) {\n  let lane : i32 = place_in_subgroup();\n}\n"
    mended = wgsl.place_in_subgroup(source)
    assert mended.splitlines()[0] == "enable subgroups;"
    assert "  @builtin(subgroup_invocation_id) place : u32,\n  @builtin(workgroup_id) blockIdx" in mended
    assert "let lane : i32 = i32(place);" in mended
    assert wgsl.place_in_subgroup(source.replace("place_in_subgroup()", "0")) == source.replace("place_in_subgroup()", "0")


def packed(*sources: str) -> bytes:
    return b"before" + b"".join(len(source.encode()).to_bytes(8, "little") + source.encode() for source in sources) + b"behind"


def test_packed_code_keeps_every_length_and_every_byte_beside_its_kernels():
    plain = MARK + "plain_kernel\n" + "  let x : i32 = 1;\n" * 5
    wide = MARK + "wide_kernel\n" + DECLARED + READ + WRITTEN
    code = packed(wide, plain)
    mended = wgsl.mend_packed(code, {"wide": {"in": 12}})
    assert len(mended) == len(code)
    assert mended.startswith(code[:14])
    assert mended.endswith(packed(plain)[6:])
    assert b"in_ptr : array<vec4<f32>, 3>;" in mended
    assert wgsl.mend_packed(mended, {}) == mended


def test_a_mark_without_a_length_before_it_is_no_kernel():
    code = b"\xff" * 8 + (MARK + "a_kernel\n" + DECLARED + READ).encode()
    assert wgsl.mend_packed(code, {}) == code


def test_a_kernel_that_gets_longer_is_refused():
    source = MARK + "long_kernel\n" + DECLARED + "  x = in_ptr[i];\n"
    with pytest.raises(ValueError, match="long has"):
        wgsl.mend_packed(packed(source), {"long": {"in": 12}})


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda path: path.stem)
def test_the_shipped_libraries_are_mended_through_and_through(library):
    code = library.read_bytes()
    assert code.count(wgsl.KERNEL) > 5
    assert wgsl.mend_packed(code, {}) == code
    assert b"place_in_subgroup()" not in code
    assert (b"enable subgroups;" in code) == ("subgroups" in library.stem)
