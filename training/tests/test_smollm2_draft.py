"""A draft for SmolLM2 on a small random target: what it computes, and the conversations that it learns from."""
from types import SimpleNamespace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import smollm2  # noqa: E402
import smollm2_answers as answers  # noqa: E402
import smollm2_draft as drafts  # noqa: E402
from corpus import split  # noqa: E402
from network import Network  # noqa: E402
from pair import Shape  # noqa: E402

SMALL = Shape(hidden=32, feed_forward=48, layers=3, heads=4, kv_heads=2, head_dim=8, vocabulary=64, context=80)
KEPT = torch.tensor([0, 2, *range(10, 40)])


@pytest.fixture(scope="module")
def target() -> Network:
    torch.manual_seed(3)
    return Network(SMALL).requires_grad_(False).eval()


def a_text(target: Network, length: int = 12) -> tuple[torch.Tensor, torch.Tensor]:
    ids = torch.randint(0, SMALL.vocabulary, (1, length), generator=torch.Generator().manual_seed(5))
    return ids, target.hidden_states(ids) / target.norm


def a_head(target: Network, depths: int = 1) -> drafts.Draft:
    """Trained a little: at first a head's layer adds nothing."""
    draft = drafts.Draft(target, drafts.Kind((2,), True, depths), KEPT)
    for matrix in (draft.layers[0].o, draft.layers[0].down):
        torch.nn.init.normal_(matrix)
    return draft


@torch.no_grad()
def test_a_deeper_step_of_a_head_is_what_it_computes_from_its_own_output(target):
    draft = a_head(target, 3)
    ids, states = a_text(target)
    steps = draft.steps(ids, states, 4)
    for begin in (3, 7):
        read = states.clone()
        for depth in range(1, 4):
            # What was read of the target is taken back, and a whole forward goes on from the draft's own.
            read[0, begin + depth - 1] = steps[depth - 1][0, begin + depth - 1]
            again = draft.steps(ids, read, 1)[0]
            assert torch.allclose(steps[depth][0, begin + depth], again[0, begin + depth], atol=1e-5)


@torch.no_grad()
def test_a_head_reads_the_state_before_a_token_and_nothing_later(target):
    draft = a_head(target)
    ids, states = a_text(target)
    changed = states.clone()
    changed[0, 6] += 1
    same = (draft.steps(ids, states, 1)[0] == draft.steps(ids, changed, 1)[0]).all(-1)[0]
    assert same[:7].all()
    assert not same[7:].any()


@torch.no_grad()
def test_an_id_outside_the_reduced_vocabulary_is_neither_read_nor_guessed(target):
    draft = a_head(target)
    ids, states = a_text(target)
    one, other = (ids.masked_fill(torch.arange(ids.shape[1]) == 5, outside) for outside in (50, 51))
    assert torch.equal(draft.steps(one, states, 1)[0], draft.steps(other, states, 1)[0])
    assert draft.logits(states).shape[-1] == len(KEPT)
    assert torch.equal(draft.head, target.emb[KEPT])


@torch.no_grad()
def test_layers_of_the_target_guess_what_the_target_does(target):
    draft = drafts.Draft(target, drafts.Kind((0, 1, 2)), torch.arange(SMALL.vocabulary))
    ids, states = a_text(target)
    assert torch.allclose(draft.steps(ids, states, 1)[0], states, atol=1e-5)


def test_the_loss_of_a_draft_that_is_the_target_is_nothing(target):
    every = torch.arange(SMALL.vocabulary)
    draft = drafts.Draft(target, drafts.Kind((0, 1, 2)), every)
    teacher = drafts.Teacher(SimpleNamespace(norm=target.norm, emb=target.emb), every)
    ids, states = a_text(target)
    normalisers = draft.logits(states).logsumexp(-1)
    own = torch.ones_like(ids, dtype=torch.bool)
    assert abs(float(drafts.loss_of(draft, teacher, (ids, states, normalisers, own), 1).detach())) < 1e-5


def test_the_reduced_vocabulary_has_the_stop_tokens_and_the_most_used_ids():
    kept = drafts.kept_ids([[7, 7, 9, 9, 9, 30, 5]], 5)
    assert kept.tolist() == [0, 2, 5, 7, 9]
    # Of ids used as often, one that the draft knew before.
    assert drafts.kept_ids([[30], [7, 7, 9, 9, 9, 30, 5]], 5).tolist() == [0, 2, 7, 9, 30]
    with pytest.raises(ValueError, match="stop tokens"):
        drafts.kept_ids([[7]], 1)


def encode(text: str) -> list[int]:
    return [10 + ord(letter) % 50 for letter in text]


def conversation_of(kind: str) -> answers.Conversation:
    return next(each for index in range(100) if (each := answers.Conversation.drawn(index, 1, encode)).kind == kind)


def test_a_conversation_is_the_same_for_its_index_whatever_is_around_it():
    one, other = (answers.Conversation.drawn(5, 1, encode) for _ in range(2))
    assert (one.kind, one.temperature, one.given) == (other.kind, other.temperature, other.given)
    assert one.draws.random() == other.draws.random()


def test_a_request_that_the_model_makes_up_ends_with_the_mark_of_the_answer():
    each = conversation_of(answers.MADE_UP)
    while each.given:
        each.take(-1)
    each.take(33)
    each.take(smollm2.END)
    assert not each.over()
    while each.given:
        each.take(-1)
    assert each.ids == [*encode(smollm2.USER), 33, *encode(smollm2.ASSISTANT)]
    assert each.answer == len(each.ids)
    for token in (40, 41, 42, 43, 44, smollm2.END):
        assert not each.over()
        each.take(token)
    assert each.over()
    assert each.worth_keeping()


def test_a_text_that_repeats_itself_or_grows_too_long_is_ended():
    each = conversation_of(answers.OPEN)
    while not each.over():
        each.take(10 + len(each.ids) % 3)
    assert len(each.ids) - each.answer <= answers.LOOP + answers.LONGEST_PERIOD + 16
    other, random = conversation_of(answers.OPEN), np.random.default_rng(1)
    while not other.over():
        other.take(int(random.integers(10, 60)))
    assert len(other.ids) == answers.LONGEST


def test_no_request_is_one_that_is_held_out():
    decoder = {}
    for index in range(200):
        texts = []
        answers.Conversation.drawn(index, 1, lambda text: texts.append(text) or [1])  # noqa: B023
        decoder[index] = texts
    asked = [text for texts in decoder.values() for text in texts if not text.startswith("<|im")]
    assert len(asked) > 100
    assert all(split(text) == "train" for text in asked)


@torch.inference_mode()
def test_a_writer_computes_what_the_network_does_row_by_row(target):
    system = [1, 5, 9]
    writer = answers.Writer(target, system, 2, SMALL.context)
    texts = [[4, 8, 15, 16], [23, 42]]
    for first, second in zip(texts[0][:2], texts[1], strict=True):
        states = writer.states(torch.tensor([first, second]))
    for row, text in enumerate((texts[0][:2], texts[1])):
        wanted = target.hidden_states(torch.tensor([system + text]))[0, -1] / target.norm
        assert torch.allclose(states[row], wanted, atol=1e-5)
    # A row that begins again, beside one that goes on.
    writer.reset(1)
    states = writer.states(torch.tensor([texts[0][2], 50]))
    for row, text in enumerate((texts[0][:3], [50])):
        wanted = target.hidden_states(torch.tensor([system + text]))[0, -1] / target.norm
        assert torch.allclose(states[row], wanted, atol=1e-5)


def test_every_conversation_that_waits_is_written_once_as_it_is_alone(target, monkeypatch):
    monkeypatch.setattr(answers, "LONGEST", 40)

    def waiting(indices):
        draws = {index: np.random.default_rng(index) for index in indices}
        return iter([answers.Conversation(index, "open", 0.8 * (index % 2), draws[index], "abc"[: index + 1], lambda text: [len(text) % 60 + 3] * 2) for index in indices])

    def write(indices, rows):
        writer = answers.Writer(target, [1, 5], rows, 40)
        return {each.index: each.ids for each in answers.converse(writer, waiting(indices))}

    together = write([0, 1, 2], 2)
    assert sorted(together) == [0, 1, 2]
    for index in (0, 1, 2):
        assert write([index], 1)[index] == together[index]


def test_drawing_takes_the_likeliest_or_follows_the_distribution():
    logits = torch.log(torch.tensor([[0.1, 0.6, 0.3]])).repeat(1000, 1)
    uniforms = (np.arange(1000) + 0.5) / 1000
    assert set(answers.draw(logits, [0.0] * 1000, uniforms)) == {1}
    assert np.bincount(answers.draw(logits, [1.0] * 1000, uniforms)).tolist() == [100, 600, 300]


def test_what_an_ended_run_left_after_its_last_whole_line_is_cut_off(tmp_path):
    each = conversation_of("copy")
    each.take(-1)
    for place in range(1, 4):
        each.seen(np.full(smollm2.SHAPE.hidden, place), place)
        each.take(-1)
    kept = answers.Kept(tmp_path)
    kept.add(each)
    with open(tmp_path / "states.bin", "ab") as file:
        file.write(b"half a state")
    with open(tmp_path / "answers.jsonl", "ab") as file:
        file.write('{"index": 7, "kind": "é'.encode()[:-1])
    assert len(answers.conversations(tmp_path)) == 1
    again = answers.Kept(tmp_path)
    again.add(each)
    assert [line["at"] for line in answers.conversations(tmp_path)] == [0, 4]
    for read in drafts.written(tmp_path):
        assert read["states"][:, 0].tolist() == read["normalisers"].tolist() == [1, 2, 3, 0]
