"""The corpora keep their own rules: what is written is right, repeatable, and held out where it should be."""
import pathlib
import random
import re
import subprocess

import pytest

import corpus
import rules
from pair import END, SPECIAL_TOKENS

COMPILER = pathlib.Path(__file__).parents[2] / "node_modules/.bin/tsc"
CORPORA = {"wide": corpus.WIDE, "practice": corpus.PRACTICE}
EACH_KIND = [pytest.param(each, kind, id=f"{name}-{kind}") for name, each in CORPORA.items() for kind in corpus.KINDS]


@pytest.mark.parametrize(("each", "kind"), EACH_KIND)
def test_every_answer_is_right_by_the_rule_of_its_kind_and_ends(each, kind):
    for i in range(200):
        example = each.generate(kind, f"test/{i}")
        if "typescript" in example["check"]:
            continue
        assert rules.right(kind, [5, END], example["answer"], example["check"]), example
        assert not rules.right(kind, [5], example["answer"], example["check"])
        assert not rules.right(kind, [], example["answer"], example["check"])


@pytest.mark.skipif(not COMPILER.exists(), reason="needs the packages of npm")
@pytest.mark.parametrize("each", CORPORA.values(), ids=CORPORA.keys())
def test_every_function_in_typescript_compiles(each, tmp_path):
    """All in one run of the compiler, which takes long to start; the rule itself starts it once an answer."""
    examples = [each.generate("code", f"test/{i}") for i in range(200)]
    written = [example for example in examples if "typescript" in example["check"]]
    assert len(written) > 20
    assert rules.right("code", [5, END], written[0]["answer"], written[0]["check"])
    for i, example in enumerate(written):
        assert f"function {example['check']['typescript']}(" in example["answer"]
        (tmp_path / f"{i}.ts").write_text(f"{example['answer']}\nexport {{}};\n", encoding="utf-8")
    files = [f"{i}.ts" for i in range(len(written))]
    ran = subprocess.run([COMPILER, "--noEmit", "--target", "esnext", "--strict", *files], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("each", CORPORA.values(), ids=CORPORA.keys())
def test_every_sum_that_is_written_holds(each):
    computed = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__}
    sums = 0
    for i in range(1500):
        answer = each.generate("counting", f"sums/{i}")["answer"]
        for a, sign, b, result in re.findall(r"(?<![\d+*-] )\b(\d+) ([+*-]) (\d+) = (\d+)\b", answer):
            assert computed[sign](int(a), int(b)) == int(result), answer
            sums += 1
    assert sums > 300


@pytest.mark.parametrize("each", CORPORA.values(), ids=CORPORA.keys())
def test_the_same_seed_gives_the_same_text_and_another_another(each):
    assert each.conversation("1/0") == each.conversation("1/0")
    assert len({each.conversation(f"1/{i}") for i in range(50)}) > 45
    assert corpus.WIDE.conversation("1/0") != corpus.PRACTICE.conversation("1/0") != corpus.COPIES.conversation("1/0")


def prompts_of(text: str) -> list[str]:
    user, assistant, end = map(re.escape, SPECIAL_TOKENS)
    return re.findall(f"{user}(.*?){end}{assistant}", text, flags=re.S)


def test_no_training_conversation_holds_a_held_out_prompt():
    prompts = [prompt for i in range(400) for prompt in prompts_of(corpus.PRACTICE.conversation(f"1/{i}"))]
    assert len(prompts) > 400
    assert {corpus.split(prompt) for prompt in prompts} == {"train"}
    held = corpus.PRACTICE.examples("story", "heldout", "test", 20)
    assert {corpus.split(example["prompt"]) for example in held} == {"heldout"}
    assert len({example["prompt"] for example in held}) == 20
    everything = [corpus.WIDE.generate("json", str(i))["prompt"] for i in range(2000)]
    share = sum(corpus.split(prompt) == "heldout" for prompt in everything) / len(everything)
    assert 1 / 25 < share < 1 / 10


def test_a_kind_without_so_many_prompts_says_how_many_there_are():
    few = corpus.replace(corpus.WIDE, generators={"few": lambda r: (f"Say {r.randrange(3)}.", "Yes.", {})})
    with pytest.raises(ValueError, match=r"few has \d different prompts of train, not 9\. Ask for fewer\."):
        few.examples("few", "train", "test", 9)


def test_a_conversation_is_told_apart_by_the_special_tokens():
    assert corpus.as_text([("Hi.", "Hello."), ("Bye.", "See you.")]) == (
        "<|user|>Hi.<|end|><|assistant|>Hello.<|end|><|user|>Bye.<|end|><|assistant|>See you.<|end|>"
    )


WRONG = [
    ("story", "A goat met a fox. It was late. They talked. They slept.", {"mentions": ["whale"]}),
    ("story", "A whale.", {"mentions": ["whale"]}),
    ("story", "A whale swam. It sang. It slept. It woke. And then", {"mentions": ["whale"]}),
    ("json", '{"name": "Ann"', {"value": {"name": "Ann"}}),
    ("json", '{"name": "Anna"}', {"value": {"name": "Ann"}}),
    ("code", "def add(a, b)\n    return a + b", {"python": "add"}),
    ("code", "def sum(a, b):\n    return a + b", {"python": "add"}),
    ("code", "function add(a: number { return a; }", {"typescript": "add"}),
    ("counting", "1, 2, 4", {"exact": "1, 2, 3"}),
    ("copy", "The blue hat", {"exact": "The blue hat."}),
    ("answers", "A draft is a token. Cats are nice.", {"sentences": ["A draft is a token."]}),
    ("answers", "", {"sentences": ["A draft is a token."]}),
    ("hard", "a, b", {"count": 3}),
]


@pytest.mark.parametrize(("kind", "answer", "check"), WRONG)
def test_a_wrong_answer_is_told(kind, answer, check):
    assert not rules.right(kind, [5, END], answer, check)


@pytest.mark.parametrize(("text", "closed"), [("f(a[1]) {}", True), ("f(a[1)]", False), ("(", False), (")", False), ("g(')')", False), ('g(")")', True)])
def test_brackets(text, closed):
    assert rules.balanced(text) is closed


def test_random_state_of_the_process_is_not_touched():
    random.seed(7)
    expected = random.Random(7).random()
    corpus.WIDE.conversation("1/0")
    assert random.random() == expected
