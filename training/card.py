"""The model card: public/models/README.md, from figures that were measured."""

TEXT = """# The embedded pair: model card

A small language model, the target, with two drafts for it, trained from nothing for Foretoken's demonstrations. They answer in six kinds
(short stories, JSON from a sentence, small functions, counting and arithmetic, copies with a change, questions about speculative decoding) and
know little else.

| model | parameters | role |
|---|---|---|
{models}

Llama-style decoders (RMSNorm, rotary embedding, grouped-query attention, SwiGLU), one byte-level BPE tokenizer of {vocabulary:,} tokens, context
{context:,}. Weights are stored as int8, a scale a column, and computed in float32. A conversation is `<|user|>question<|end|><|assistant|>answer<|end|>`.
Each compiled library is there twice, for devices with subgroups (`-subgroups.wasm`) and for all; both compute the same bits.

## Data and licence

{data}

Weights, tokenizer and data: Apache-2.0, as the project. The libraries (`libraries/*.wasm`) hold the browser runtime of Apache TVM (Apache-2.0) and
parts of Emscripten's system libraries (MIT and University of Illinois/NCSA).

## Training

First the target is trained on the wide corpus by cross-entropy; the good draft is trained so too, then distilled from the target (KL divergence and
total variation). Then the target practises on the practice corpus, and on one with more copies, each at half the learning rate and less with every step,
and the draft is distilled from it again. The weak draft, deliberately weak, is trained briefly on stories alone. `npm run models` repeats all of it from its seeds.
{start}
## Measured on held-out prompts of the practice corpus

{measured}

## Limits

The table above says how often each kind is right. They invent facts, cannot reason beyond their patterns, and understand English only. Answers about speculative decoding are learnt sentences, not
knowledge. Use them to watch decoding, not for advice.

Made with {versions}.
"""

STARTED = """
These weights were not made in one go: the practice started from the {weights} weights that were shipped before, trained at commit {commit}, as
`training/shipped.py` restores them, not from a checkpoint in full precision. The weak draft was not trained again.
"""

ROUNDED = """
They were shipped as bfloat16 first, exported at commit {rounded}; those were rounded to int8, which is what `npm run models` now does with what it trains.
"""

MISSING = "Not measured for this build: `evaluation.json` was not there when it was exported."


def model_card(manifest: dict, evaluation: dict | None, data: str) -> str:
    models = manifest["models"]
    roles = {"target": "its greedy output is the reference", "draft": "distilled from the target", "weak-draft": "for teaching: agrees poorly"}
    rows = "\n".join(f"| {model['name']} | {model['parameters']:,} | {roles[name]} |" for name, model in models.items())
    built = ", ".join(f"{name} {version}" for name, version in manifest["built"].items() if version and name not in ("commit", "started_from"))
    started = manifest["built"].get("started_from")
    return TEXT.format(
        models=rows,
        vocabulary=models["target"]["vocabulary"],
        context=models["target"]["context"],
        data=data.strip(),
        start=(STARTED.format(**started) if started else "") + (ROUNDED.format(**started) if started and "rounded" in started else ""),
        measured=figures(evaluation) if evaluation else MISSING,
        versions=built,
    )


def figures(evaluation: dict) -> str:
    """Tables of losses (nats a token of the answer), of accepted/drafted and of the rules."""
    kinds = evaluation["kinds"]
    lines = [
        f"Loss in nats a token of the answer, {evaluation['prompts_per_kind']} held-out prompts a kind; the 3-gram is trained on the same corpus.",
        "",
        "| kind | target | good draft | weak draft | 3-gram | right by rule |",
        "|---|---|---|---|---|---|",
    ]
    label = {kind: f"{kind} ({row['prompts']} prompts)" if "prompts" in row else kind for kind, row in kinds.items()}
    for kind, row in kinds.items():
        loss = row["loss"]
        right = f"{row['right']['count']} of {row['right']['of']}" if row.get("right") else "no rule"
        lines.append(f"| {label[kind]} | {loss['target']:.3f} | {loss['draft']:.3f} | {loss['weak-draft']:.3f} | {loss['3-gram']:.3f} | {right} |")
    lines += ["", f"accepted/drafted at γ = {evaluation['gamma']}.", "", "| kind | good, T = 0 | good, T = 0.8 | weak, T = 0 | weak, T = 0.8 |", "|---|---|---|---|---|"]
    for kind, row in kinds.items():
        cells = [row[f"{draft} at temperature {t}"]["accepted_per_drafted"] for draft in ("draft", "weak-draft") for t in (0.0, 0.8)]
        lines.append(f"| {label[kind]} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |")
    return "\n".join(lines)
