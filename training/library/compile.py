"""From a shape to a .wasm that web-llm loads: the browser runtime is compiled once, each model's kernels are linked with it."""
import importlib.util
import math
import os
import shutil
import subprocess

import tvm
from tvm import relax, tirx

from pair import Shape

from . import drafts, llama, mlc, wgsl
from .shapes import Decoder

HERE = os.path.dirname(os.path.abspath(__file__))
# Those whose source is here. Of the caches, a library is linked with one.
OWN = ("cache", "scaled_cache", "no_rpc")
COMMON = ("no_rpc", "tvmjs_support", "webgpu_runtime")
UNITS = ("page_runtime", "cache", "scaled_cache", *COMMON)
# Of a library as MLC compiles it.
PAGED_UNITS = ("paged_runtime", *COMMON)
# What a page does without: RPC and self-tests; in our libraries also the paged cache (cache.cc takes its place) and recurrent state.
NO_PART = ("rpc_channel", "rpc_endpoint", "rpc_module", "rpc_event_impl", "testing/testing")
LEFT_OUT = {"page_runtime": (*NO_PART, "vm/paged_kv_cache", "vm/attn_backend", "vm/rnn_state"), "paged_runtime": NO_PART}
# "mvp" matters: the default wasm features of TVM's LLVM do not link with Debian's older linker.
TARGET = {"kind": "webgpu", "host": {"kind": "llvm", "mtriple": "wasm32-unknown-unknown-wasm", "mcpu": "mvp"}}
LINK_SETTINGS = ("WASM_BIGINT=1", "ERROR_ON_UNDEFINED_SYMBOLS=0", "STANDALONE_WASM=1", "ALLOW_MEMORY_GROWTH=1", "TOTAL_MEMORY=64MB")
# What a library's name ends in, with the WebGPU features that it needs: best first, and last the one that runs everywhere.
VARIANTS = {"-subgroups": ["subgroups"], "": []}
# From kernels in TIR to the virtual machine's code.
LOWERING = (
    tirx.transform.ForceNarrowIndexToInt32(),
    relax.transform.ToNonDataflow(),
    relax.transform.RemovePurityChecking(),
    relax.transform.CallTIRRewrite(),
    relax.transform.StaticPlanBlockMemory(),
    relax.transform.LowerAllocTensor(),
    relax.transform.KillAfterLastUse(),
    relax.transform.LowerRuntimeBuiltin(),
    relax.transform.VMShapeLower(),
    relax.transform.AttachGlobalSymbol(),
)
# tvmjs supplies these two when it instantiates a library; any other undefined symbol is an error.
SUPPLIED_BY_TVMJS = {"TVMFFIWasmSafeCall", "TVMFFIWasmFunctionDeleter"}


class CompileError(Exception):
    """What is wrong and what to do about it."""


def emcc() -> str:
    found = shutil.which("emcc")
    if not found:
        raise CompileError("emcc is not installed. On Debian: apt-get install emscripten (3.1.6 is known to work).")
    return found


def compile_runtime(folder: str, units: tuple[str, ...] = UNITS) -> None:
    """Compiles the browser runtime from the installed TVM wheel into objects in `folder`, those of `units` that are not there."""
    missing = [unit for unit in units if not os.path.exists(os.path.join(folder, f"{unit}.o"))]
    if not missing:
        return
    os.makedirs(folder, exist_ok=True)
    tvm_home, ffi_home = (os.path.dirname(importlib.util.find_spec(name).origin) for name in ("tvm", "tvm_ffi"))
    tree = os.path.join(folder, "tree")
    shutil.rmtree(tree, ignore_errors=True)
    for part in ("src", "include", "web"):
        shutil.copytree(os.path.join(tvm_home, part), os.path.join(tree, part))
    shutil.copytree(ffi_home, os.path.join(tree, "3rdparty/tvm-ffi"))
    shutil.copytree(os.path.join(HERE, "shims"), tree, dirs_exist_ok=True)
    sources = os.path.join(tree, "web/emcc")
    for runtime, left_out in LEFT_OUT.items():
        with open(os.path.join(sources, "wasm_runtime.cc")) as original, open(os.path.join(sources, f"{runtime}.cc"), "w") as page:
            page.writelines(line for line in original if not any(f"{name}.cc" in line for name in left_out))
    for unit in OWN:
        shutil.copy(os.path.join(HERE, f"{unit}.cc"), sources)
    include = [f"-I{part}" for part in (".", "include", "3rdparty/tvm-ffi/include", "3rdparty/tvm-ffi/3rdparty/dlpack/include")]
    for unit in missing:
        # From within the tree: messages name their source file, and are not to depend on where that lay.
        source, output = f"web/emcc/{unit}.cc", os.path.abspath(os.path.join(folder, f"{unit}.o"))
        subprocess.check_call([emcc(), "-O2", "-std=c++17", "-Wno-ignored-attributes", *include, "-c", source, "-o", f"{output}.part"], cwd=tree)
        os.replace(f"{output}.part", output)
    shutil.rmtree(tree)


def compile_library(shape: Shape | Decoder, subgroups: bool, runtime: str, output: str, level: str = "-O3") -> None:
    """Compiles the model of `shape`, with `subgroups` for adapters that have them, and links it with the objects in `runtime` into `output`,
    whole or not at all. level: of the optimisation of what is linked, which takes longer than all else."""
    executable, known = build(shape, subgroups)
    other = "cache" if getattr(shape, "rope_scaling", None) else "scaled_cache"
    units = [os.path.join(runtime, f"{unit}.o") for unit in UNITS if unit != other]
    link_library(executable, units, output, level, lambda code: wgsl.mend_packed(code, known))


def compile_mlc_library(config: dict, runtime: str, output: str) -> None:
    """Compiles a library for the model that `config`, a mlc-chat-config.json, describes, as MLC does (mlc.py), into `output`."""
    compile_runtime(runtime, PAGED_UNITS)
    target = tvm.target.Target(TARGET)
    with target, tvm.transform.PassContext(config={"tirx.disable_cse_tir": True}):
        executable = relax.build(mlc.module(config), target=target, relax_pipeline=tvm.transform.Sequential([*mlc.passes(target), *LOWERING]), system_lib=True)
    link_library(executable, [os.path.join(runtime, f"{unit}.o") for unit in PAGED_UNITS], output)


def link_library(executable, units: list[str], output: str, level: str = "-O3", mend=lambda code: code) -> None:
    """Links `executable` with the objects `units`, its device code mended, into `output`, whole or not at all."""
    work = f"{output}.objects"
    os.makedirs(work, exist_ok=True)

    def link(linked, objects, options=None, **_):
        kept = [shutil.copy(each, work) for each in objects]
        device = os.path.join(work, "devc.o")
        with open(device, "rb") as file:
            code = file.read()
        with open(device, "wb") as file:
            file.write(mend(code))
        settings = [word for setting in LINK_SETTINGS for word in ("-s", setting)]
        command = [emcc(), level, "-std=c++17", "--no-entry", *settings, "-o", linked, *units, *kept]
        report = subprocess.run(command, capture_output=True, text=True)
        undefined = {line.split("undefined symbol: ")[1].split()[0] for line in report.stderr.splitlines() if "undefined symbol: " in line}
        if report.returncode or undefined - SUPPLIED_BY_TVMJS:
            raise CompileError(f"Linking failed:\n{report.stderr}")

    link.object_format = "o"
    part = f"{output}.part.wasm"
    executable.export_library(part, fcompile=link)
    os.replace(part, output)
    shutil.rmtree(work)


def compile_variants(shape: Shape | Decoder, runtime: str, folder: str, name: str, level: str = "-O3") -> None:
    """Compiles the model of `shape` in all its VARIANTS, as folder/NAME….wasm."""
    os.makedirs(folder, exist_ok=True)
    for ending, needs in VARIANTS.items():
        compile_library(shape, "subgroups" in needs, runtime, os.path.join(folder, f"{name}{ending}.wasm"), level)


def build(shape: Shape | Decoder, subgroups: bool):
    """-> the Relax executable of the model of `shape`, and the lengths of its kernels' buffers."""
    target = tvm.target.Target(TARGET)
    with target:
        mod, _ = (drafts if isinstance(shape, Decoder) else llama).module(shape, subgroups)
        passes = tvm.transform.Sequential(
            [
                tvm.tirx.transform.BindTarget(target),
                relax.transform.LegalizeOps(),
                relax.transform.FoldConstant(),
                # What changes a shape alone needs no kernel.
                relax.transform.RewriteDataflowReshape(),
                relax.transform.DeadCodeElimination(),
                *LOWERING,
            ]
        )
        with tvm.transform.PassContext(config={"tirx.disable_cse_tir": True}):
            return relax.build(mod, target=target, relax_pipeline=passes, system_lib=True), lengths(mod)


def lengths(mod) -> dict[str, dict[str, int]]:
    """kernel -> name of each buffer of constant shape -> its elements, of every function that is already scheduled."""
    found = {}
    for name, function in mod.functions.items():
        if isinstance(function, tirx.PrimFunc):
            buffers = [each for each in function.params if hasattr(each, "shape")]
            known = [b for b in buffers if all(isinstance(side, (int, tirx.IntImm)) for side in b.shape)]
            found[name.name_hint] = {b.name: math.prod(int(side) for side in b.shape) for b in known}
    return found
