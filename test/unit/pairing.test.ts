import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkPair, draftChoices, findDraft, findTarget, pairOf, settledChoice } from '../../src/catalog/pairing';
import type { TargetSpec } from '../../src/catalog/resolve';
import { isSameModel, type ModelSpec, modelsOf, weightsOf } from '../../src/catalog/spec';
import { checkTokenizers, fingerprintOf } from '../../src/catalog/tokenizer';
import { FailureError } from '../../src/core/failure';
import { memoryStorage } from '../../src/storage/memory';
import { settings } from '../../src/ui/texts';
import { shippedTarget } from '../support/shipped';

const target = shippedTarget();
const [good, weak] = target.drafts;
if (!good || !weak) throw new Error('the shipped target has two drafts');

const failureOf = (work: () => unknown) => {
  try {
    work();
  } catch (thrown) {
    return thrown instanceof FailureError ? thrown.failure : thrown;
  }
  return null;
};

describe('a draft', () => {
  it('is found by its id, as the first, or as the weak one that the list marks', () => {
    expect(findDraft(target, weak.model.id)).toMatchObject({ id: weak.model.id, itself: false });
    expect(findDraft(target, 'first')?.id).toBe(good.model.id);
    expect(findDraft(target, 'weak')?.id).toBe(weak.model.id);
    expect(findDraft(target, target.model.id)).toMatchObject({ itself: true });
    expect(findDraft(target, 'nobody')).toBeNull();
  });

  it('that is meant to be wrong is the first where none is; and the first is the target where there is no other', () => {
    const none: TargetSpec = { ...target, drafts: [good] };
    expect(findDraft(none, 'weak')?.id).toBe(good.model.id);
    expect(findDraft({ ...target, drafts: [] }, 'first')).toMatchObject({ id: target.model.id, itself: true });
  });
});

describe('a target', () => {
  const alone: TargetSpec = { ...target, model: { ...target.model, id: 'alone' }, drafts: [] };

  it('is found by its id, or as the first', () => {
    expect(findTarget([target, alone], 'alone')).toBe(alone);
    expect(findTarget([target, alone], 'first')).toBe(target);
    expect(findTarget([target, alone], 'gone')).toBeNull();
    expect(findTarget([], 'first')).toBeNull();
  });

  it('without draft models is drafted for by n-grams, and by itself only where it is named', () => {
    for (const draft of ['first', 'weak', good.model.id, 'gone']) {
      for (const drafting of ['model', 'mixed', 'ngram'] as const) {
        expect(settledChoice(alone, { draft, drafting })).toEqual({ target: 'alone', draft: 'alone', drafting: 'ngram' });
      }
    }
    expect(settledChoice(alone, { draft: 'alone', drafting: 'model' })).toEqual({ target: 'alone', draft: 'alone', drafting: 'model' });
    expect(settledChoice(alone, { draft: 'alone', drafting: 'mixed' })).toMatchObject({ drafting: 'mixed' });
  });

  it('with draft models keeps one of its own, takes its first for another, and settles once', () => {
    const { id } = target.model;
    expect(settledChoice(target, { draft: weak.model.id, drafting: 'mixed' })).toEqual({
      target: id,
      draft: weak.model.id,
      drafting: 'mixed',
    });
    expect(settledChoice(target, { draft: 'weak', drafting: 'model' })).toMatchObject({ draft: weak.model.id });
    expect(settledChoice(target, { draft: 'alone', drafting: 'model' })).toMatchObject({ draft: good.model.id, drafting: 'model' });
    for (const each of [target, alone]) {
      for (const draft of ['first', 'weak', 'gone', id]) {
        const settled = settledChoice(each, { draft, drafting: 'model' });
        expect(settledChoice(each, settled)).toEqual(settled);
      }
    }
  });
});

describe('what may draft', () => {
  it('is called a head where it reads the target’s states', () => {
    const drafts = [{ ...good, name: 'Head', model: { ...good.model, statesOf: weightsOf(target.model) } }, weak];
    expect(draftChoices({ ...target, drafts }).map(settings.draftLabel)).toEqual([
      'Head on the target’s states',
      weak.name,
      'The target itself',
    ]);
  });
});

describe('a pair', () => {
  it('is of two models, of one with itself, or of one alone', () => {
    expect(modelsOf(pairOf(target, 'first')).map(({ id }) => id)).toEqual([target.model.id, good.model.id]);
    expect(pairOf(target, target.model.id)).toEqual({ target: target.model, draft: 'itself' });
    expect(modelsOf(pairOf(target, target.model.id))).toHaveLength(1);
    expect(pairOf(target, null)).toEqual({ target: target.model, draft: null });
  });

  it('with a draft that the target does not have is refused, with those that it has', () => {
    expect(failureOf(() => pairOf(target, 'nobody'))).toMatchObject({
      code: 'invalid-setting',
      message: 'There is no draft "nobody".',
      hint: `Choose one of: ${[good, weak].map(({ model }) => model.id).join(', ')}, ${target.model.id}.`,
    });
  });

  it('may pad its logits differently, and must have one tokenizer', () => {
    const { tokens, logits } = good.model.vocabulary;
    const draft = (change: Partial<ModelSpec>) => ({ target: target.model, draft: { ...good.model, ...change } });
    expect(failureOf(() => checkPair(draft({ vocabulary: { tokens, logits: logits + 32 } })))).toBeNull();
    expect(failureOf(() => checkPair(draft({ vocabulary: { tokens: tokens - 1, logits } })))).toMatchObject({
      code: 'vocabulary-mismatch',
    });
    const named = { target: { ...target.model, tokenizer: 'one' }, draft: { ...good.model, tokenizer: 'another' } };
    expect(failureOf(() => checkPair(named))).toMatchObject({ code: 'vocabulary-mismatch' });
  });

  it('of a model whose cache cannot be rolled back is refused for speculation, by name', () => {
    const state = { ...target.model, rollsBack: false };
    for (const pair of [
      { target: state, draft: 'itself' } as const,
      { target: target.model, draft: { ...good.model, rollsBack: false } },
    ]) {
      expect(failureOf(() => checkPair(pair))).toMatchObject({ code: 'rollback-missing', hint: expect.stringContaining('plainly') });
    }
    expect(failureOf(() => checkPair({ target: state, draft: null }))).toBeNull();
  });

  it('with a head on the states of another target is refused, by name', () => {
    const head = { ...good.model, name: 'Head', statesOf: weightsOf(target.model) };
    expect(failureOf(() => checkPair({ target: target.model, draft: head }))).toBeNull();
    // Its template and its context may be others.
    const { model } = target;
    expect(failureOf(() => checkPair({ target: { ...model, revision: 'other', context: 64 }, draft: head }))).toBeNull();
    const files = model.files.map((file) => (file.name.endsWith('.bin') ? { ...file, sha256: '0'.repeat(64) } : file));
    expect(failureOf(() => checkPair({ target: { ...model, files }, draft: head }))).toMatchObject({
      code: 'states-mismatch',
      message: `Head reads the hidden states of another target than this ${model.name}.`,
      hint: 'Choose the target that it was made for, or another draft.',
    });
    for (const draft of ['itself', null] as const) {
      expect(failureOf(() => checkPair({ target: head, draft }))).toMatchObject({
        code: 'states-mismatch',
        message: 'Head reads the hidden states of a target, and cannot be one.',
      });
    }
  });

  it('is another with other files, in another place, or on another library', () => {
    const { model } = target;
    const [library] = model.libraries;
    if (!library) throw new Error('the target has a library');
    expect(isSameModel(model, structuredClone(model))).toBe(true);
    for (const change of [{ revision: 'other' }, { folder: 'https://elsewhere.test/target' }, { library: { ...library, place: 'x' } }]) {
      expect(isSameModel(model, { ...model, ...change })).toBe(false);
    }
  });
});

describe('two tokenizers', () => {
  const FIRST = {
    version: '1.0',
    model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'] },
    added_tokens: [{ id: 3, content: '<end>', special: true }],
  };
  /** The same, written in another way. */
  const REWRITTEN = { added_tokens: FIRST.added_tokens, model: { merges: [['a', 'b']], vocab: { ab: 2, a: 0, b: 1 } } };
  /** With the added token among the others too. */
  const TOGETHER = { ...FIRST, model: { ...FIRST.model, vocab: { ...FIRST.model.vocab, '<end>': 3 } } };
  const OTHERS = [
    { ...FIRST, model: { ...FIRST.model, vocab: { a: 1, b: 0, ab: 2 } } },
    { ...FIRST, model: { ...FIRST.model, merges: ['b a'] } },
    { ...FIRST, added_tokens: [{ id: 4, content: '<end>' }] },
  ];
  afterEach(() => vi.unstubAllGlobals());

  /** The shipped model with a tokenizer of another file, which nobody checks. */
  const withTokenizer = (model: ModelSpec, url: string): ModelSpec => ({
    ...model,
    files: model.files.map((file) => (file.name.endsWith('tokenizer.json') ? { ...file, url, bytes: null, sha256: null } : file)),
  });
  const check = (first: unknown, second: unknown) => {
    const served: Record<string, unknown> = { 'https://a.test/': first, 'https://b.test/': second };
    vi.stubGlobal('fetch', async (url: string) => (url in served ? Response.json(served[url]) : new Response('', { status: 404 })));
    const pair = { target: withTokenizer(target.model, 'https://a.test/'), draft: withTokenizer(good.model, 'https://b.test/') };
    return checkTokenizers(pair, memoryStorage(), new AbortController().signal);
  };

  it('are one by their content, however they are written', async () => {
    expect(await fingerprintOf(REWRITTEN)).toBe(await fingerprintOf(FIRST));
    expect(await fingerprintOf(TOGETHER)).toBe(await fingerprintOf(FIRST));
    await expect(check(FIRST, REWRITTEN)).resolves.toBeUndefined();
  });

  it('are two where a token, a merge or an added token differs; nothing else of the models is fetched', async () => {
    for (const other of OTHERS) await expect(check(FIRST, other)).rejects.toMatchObject({ failure: { code: 'vocabulary-mismatch' } });
  });

  it('cannot be compared where one is no tokenizer, which is said', async () => {
    await expect(check(FIRST, { model: 'none' })).rejects.toMatchObject({ failure: { code: 'library-incompatible' } });
  });
});
