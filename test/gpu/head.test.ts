import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pairOf } from '../../src/catalog/pairing';
import type { TargetSpec } from '../../src/catalog/resolve';
import { type ModelSpec, type PairSpec, weightsOf } from '../../src/catalog/spec';
import { outputText } from '../../src/core/loop/text';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN, GREEDY } from '../../src/core/settings';
import { LIMITS, type RunEvent, type RunSettings, type RunToken, type SamplingSettings } from '../../src/core/types';
import { WebGpuPairs } from '../../src/engine/webgpuPairs';
import { shareDevice } from '../../src/gpu/device';
import { HeadDrafter, joinHead } from '../../src/model/webllm/head';
import { type LoadedModel, loadModel } from '../../src/model/webllm/loader';
import type { ModelPipeline } from '../../src/model/webllm/pipeline';
import { readLogits } from '../../src/model/webllm/readLogits';
import { Sampler } from '../../src/model/webllm/sampler';
import { ModelTarget } from '../../src/model/webllm/target';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { testLossless } from './support/lossless';
import { engineWorker, runTarget, shippedModel, tinyTarget } from './support/runs';

const PROMPTS = ['Tell me a story about a fox.', 'Count from 3 to 9.'];
const [PROMPT = '', SECOND = ''] = PROMPTS;
const HEAD = 'tiny-head';
const worker = engineWorker();
let target: TargetSpec;

beforeAll(async () => {
  target = await tinyTarget();
});

const run = (settings: Partial<RunSettings>, ...more: [prompt?: string, ...rest: unknown[]]) => {
  const [prompt = PROMPT, turns = [], audience = {}] = more as [
    string?,
    Parameters<typeof runTarget>[4]?,
    Parameters<typeof runTarget>[5]?,
  ];
  const whole = { ...DEFAULT_RUN, gamma: 4, maxTokens: 40, ignoreStopTokens: true, ...settings };
  return runTarget(worker, { target, draft: HEAD }, prompt, whole, turns, audience);
};
const ids = (events: readonly RunEvent[]) => committedTokens(events).map(({ id }) => id);
const tokensOf = (events: readonly RunEvent[]): RunToken[] => events.flatMap((event) => (event.type === 'round' ? event.tokens : []));

describe('greedy speculation with a head', () => testLossless(PROMPTS, 32, [1, 4, 16], tinyTarget));

describe('a head on the target’s states', () => {
  it('is right and wrong, at one readback a round', async () => {
    const { drafted, accepted, rejected, readbacks, rounds } = tally(await run({ maxTokens: 100 }));
    console.log(JSON.stringify({ drafted, accepted, rejected, rounds }));
    expect(accepted).toBeGreaterThan(10);
    expect(rejected).toBeGreaterThan(2);
    expect(readbacks).toBe(rounds);
  });

  it.each([[{ confidence: 0.3 }], [{ drafting: 'mixed' }], [{ candidates: true }], [{ drafting: 'mixed', candidates: true }]] as const)(
    'changes no token with %o',
    async (settings) => {
      const expected = ids(await run({ mode: 'plain' }));
      expect(ids(await run(settings))).toEqual(expected);
    },
  );

  it('has the draft’s most likely tokens among those that it knows', async () => {
    for (const sampling of [GREEDY, { ...GREEDY, temperature: 1, seed: 3 }]) {
      const judged = tokensOf(await run({ candidates: true, sampling })).filter(
        ({ verdict }) => verdict === 'accepted' || verdict === 'rejected',
      );
      expect(judged.length).toBeGreaterThan(5);
      for (const { id, q, candidates } of judged) {
        // It knows the even ids.
        expect(id % 2).toBe(0);
        for (const each of candidates?.q ?? []) if (each.probability > 0) expect(each.id % 2).toBe(0);
        expect(q).toBeGreaterThan(0);
      }
    }
  });

  it.each([
    [{ temperature: 0.5 }],
    [{ temperature: 3 }],
    [{ temperature: 1, topK: 40, topP: 0.9, frequencyPenalty: 0.4, logitBias: { 4: 3 } }],
  ])('coupled, writes what plain decoding writes with the same seed: %o', async (changed: Partial<SamplingSettings>) => {
    const sampling = { ...GREEDY, ...changed, seed: 11, rule: 'coupled' as const };
    const expected = ids(await run({ mode: 'plain', sampling }));
    for (const gamma of [1, 4, 9]) expect(ids(await run({ sampling, gamma })), `γ ${gamma}`).toEqual(expected);
  });

  it('holds to a response format', async () => {
    const format = { type: 'grammar', grammar: 'root ::= "\\"" [a-z]{1,12} "\\""' } as const;
    const settings = { format, ignoreStopTokens: false, maxTokens: 30 };
    const plain = await run({ ...settings, mode: 'plain' });
    expect(outputText(plain)).toMatch(/^"[a-z]{1,12}"$/);
    expect(ids(await run(settings))).toEqual(ids(plain));
  });

  it('goes on with a conversation, after a run that was stopped too', async () => {
    const stop = new AbortController();
    const stopped = await run({ maxTokens: 200 }, PROMPT, [], {
      signal: stop.signal,
      arrived: (events: RunEvent[]) => events.length > 8 && stop.abort(),
    });
    expect(stopped.at(-1)).toMatchObject({ type: 'end', reason: 'aborted' });
    const turns = [{ question: PROMPT, answer: outputText(stopped), ids: ids(stopped) }];
    const next = await run({}, SECOND, turns);
    expect(next.find((event) => event.type === 'prefill')).toMatchObject({ reused: expect.toSatisfy((reused) => reused > 8) });
    expect(ids(next)).toEqual(ids(await run({ mode: 'plain' }, SECOND, turns)));
    expect(tally(next).drafted).toBeGreaterThan(0);
  });
});

describe('the states that a head reads', () => {
  const loaded: LoadedModel[] = [];
  let sides: { readonly target: ModelTarget; readonly head: HeadDrafter };

  beforeAll(async () => {
    const openDevice = shareDevice(navigator.gpu);
    const load = async (model: ModelSpec) => {
      const each = await loadModel(model, BROWSER_CACHE, () => undefined, new AbortController().signal);
      loaded.push(each);
      return each.pipeline;
    };
    const [of, head] = [await load(target.model), await load(target.drafts[0]?.model as ModelSpec)];
    await joinHead({ name: 'head', pipeline: head }, { name: 'target', pipeline: of });
    const sampler = await Sampler.create((await openDevice()).device);
    sides = { target: new ModelTarget(of, sampler, null, LIMITS.gamma.max), head: new HeadDrafter(head, sampler, null, LIMITS.gamma.max) };
  });
  afterAll(async () => {
    sides.head.dispose();
    sides.target.dispose();
    for (const each of loaded.reverse()) await each.unload();
  });

  it('are the target’s, the same bits however the rounds went, and other ones where the target has seen nothing', async () => {
    const [of, head] = loaded.map(({ pipeline }) => pipeline) as [ModelPipeline, ModelPipeline];
    const history = of.encodeChat(`${PROMPT} ${'The fox ran. '.repeat(70)}`);
    expect(history.length).toBeGreaterThan(head.passLength);
    await sides.target.prefill(history.slice(0, -1), { aborted: false });
    for (let round = 0; round < 5; round++) {
      const proposal = await sides.head.propose(history, { model: 4, ngram: 0 });
      expect(head.cachedLength).toBe(history.length);
      const { drafts, next } = await sides.target.verify(history, proposal);
      history.push(...drafts.filter(({ verdict }) => verdict === 'accepted').map(({ id }) => id), next.id);
      for (const side of [sides.head, sides.target]) side.truncate(history.length - 1);
    }
    const afterRounds = await readLogits(head, history.slice(head.cachedLength), 'last-row');
    const atOnce = async () => {
      head.truncate(0);
      await sides.head.prefill(history.slice(0, -1), { aborted: false });
      return readLogits(head, history.slice(-1), 'last-row');
    };
    expect(await atOnce()).toEqual(afterRounds);
    of.truncate(0);
    expect(await atOnce()).not.toEqual(afterRounds);
  });
});

describe('a head is refused by name', () => {
  const pairs = new WebGpuPairs({ gpu: navigator.gpu, storage: BROWSER_CACHE });
  afterAll(() => pairs.unload());

  const refusalOf = (pair: PairSpec) =>
    pairs
      .ready(pair, () => undefined, new AbortController().signal)
      .then(
        () => null,
        (error) => error.failure,
      );
  const tiny = () => pairOf(target, HEAD) as { target: ModelSpec; draft: ModelSpec };

  it('by a target whose library keeps no states', async () => {
    const shipped = await shippedModel('target');
    expect(await refusalOf({ target: shipped, draft: { ...tiny().draft, statesOf: weightsOf(shipped), tokenizer: null } })).toMatchObject({
      code: 'library-incompatible',
      message: `This model cannot be driven: the library of ${shipped.name} keeps no hidden states, from which Tiny head drafts.`,
    });
  });

  it('where it does not know a token that ends the target’s answers', async () => {
    const { target: of, draft } = tiny();
    expect(await refusalOf({ target: { ...of, revision: 'other', stopTokens: [2, 5] }, draft })).toMatchObject({
      code: 'states-mismatch',
      message: 'Tiny head does not know the token 5, which ends an answer of Tiny target, so it would draft past the end of every one.',
    });
  });

  it('where its file is cut, and the same pair is ready when it is whole', async () => {
    const { target: of, draft } = tiny();
    const longer = (file: ModelSpec['files'][number]) =>
      file.name.endsWith('.bin') ? { ...file, place: `${file.place}.cut`, bytes: (file.bytes ?? 0) + 1 } : file;
    expect(await refusalOf({ target: of, draft: { ...draft, files: draft.files.map(longer) } })).toMatchObject({
      code: 'file-damaged',
      message: expect.stringContaining('it ends after'),
    });
    expect(await refusalOf({ target: of, draft })).toBeNull();
  });
});
