import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFailure } from '../../src/core/failure';
import type { RoundEvent, RunEvent, StartEvent } from '../../src/core/types';
import { decodeLink, encodeLink, packTrace } from '../../src/formats/trace/link';
import { decodeTrace, encodeTrace, readTrace, TRACE_VERSION } from '../../src/formats/trace/trace';
import { runsThatEnded } from '../support/runEvents';

const [events = []] = fc.sample(
  runsThatEnded.filter((run) => run.filter(({ type }) => type === 'round').length > 3),
  { numRuns: 1, seed: 11 },
);
const document = () => JSON.parse(JSON.stringify(encodeTrace(events)));

function failureOf(attempt: () => unknown) {
  try {
    attempt();
  } catch (thrown) {
    return toFailure(thrown);
  }
  throw new Error('nothing was refused');
}

const swap = (of: (run: RunEvent[]) => RunEvent[]) => ({ ...document(), events: of(document().events) });
const roundAt = (run: RunEvent[]) => run.findIndex((event) => event.type === 'round');
const changeRound = (change: (round: RoundEvent) => object) =>
  swap((run) =>
    run.map((event, i) => (event.type === 'round' && i === roundAt(run) ? ({ ...event, ...change(event) } as RunEvent) : event)),
  );
const changeSettings = (change: object) =>
  swap((run) => run.map((event) => (event.type === 'start' ? { ...event, settings: { ...event.settings, ...change } } : event)));

const REFUSED: readonly [what: string, attempt: () => unknown, reason: RegExp][] = [
  ['not JSON', () => readTrace('{'), /it is not JSON/],
  ['of something else', () => decodeTrace({ format: 'other', version: 1 }), /not a recording of Foretoken/],
  ['without its end', () => decodeTrace(swap((run) => run.slice(0, -1))), /does not end with the end/],
  ['without its start', () => decodeTrace(swap((run) => run.slice(1))), /does not begin with the start/],
  ['of two runs', () => decodeTrace(swap((run) => [...run.slice(0, -1), ...run])), /more than one run/],
  ['with rounds out of order', () => decodeTrace(changeRound(() => ({ index: 7 }))), /rounds are out of order/],
  ['whose clock goes backwards', () => decodeTrace(changeRound(() => ({ startMs: 86_000_000 }))), /clock goes backwards/],
  [
    'with a round that cannot be',
    () => decodeTrace(changeRound((round) => ({ tokens: ['bonus', 'plain'].map((verdict) => ({ ...round.tokens[0], verdict })) }))),
    /impossible verdicts/,
  ],
  [
    'with more plain tokens than passes',
    () => decodeTrace(changeRound(({ tokens: [token] }) => ({ tokens: Array(3).fill({ ...token, verdict: 'plain' }), passes: 2 }))),
    /round 1 cannot have 2 passes of the target/,
  ],
  [
    'with several passes over one draft',
    () => decodeTrace(changeRound(({ tokens: [token] }) => ({ tokens: [{ ...token, verdict: 'bonus' }], passes: 2 }))),
    /round 1 cannot have 2 passes of the target/,
  ],
  [
    'with a probability above 1',
    () => decodeTrace(changeRound(({ tokens: [token] }) => ({ tokens: [{ ...token, p: 1.5 }] }))),
    /events\.\d+\.tokens\.0\.p/,
  ],
  ['with a setting out of range', () => decodeTrace(changeSettings({ mode: 'speculative', gamma: 17 })), /Draft length γ is 17/],
  ['whose columns do not fit', () => decodeTrace({ ...packTrace(events), columns: { ...columns(), tokens: [] } }), /do not fit together/],
];

describe('a trace that cannot be used', () => {
  it.each(REFUSED)('because it is %s is refused with the reason', (_what, attempt, reason) => {
    const { code, message } = failureOf(attempt);
    expect(code).toBe('trace-invalid');
    expect(message).toMatch(reason);
  });

  it('because it is of a newer version is refused as that', async () => {
    const { code, hint } = failureOf(() => decodeTrace({ ...document(), version: TRACE_VERSION + 1, events: 'anything' }));
    expect(code).toBe('trace-newer');
    expect(hint).toContain('Reload the page');
    await expect(decodeLink('2abc')).rejects.toMatchObject({ failure: { code: 'trace-newer' } });
  });

  it('because a few bytes of it stand for very many is refused', async () => {
    const stream = new Blob([' '.repeat(40_000_000)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    const payload = `1${Buffer.from(bytes).toString('base64url')}`;
    expect(payload.length).toBeLessThan(400_000);
    await expect(decodeLink(payload)).rejects.toMatchObject({ failure: { code: 'trace-invalid' } });
  });
});

function columns() {
  const packed = packTrace(events);
  return 'columns' in packed ? packed.columns : {};
}

describe('a trace', () => {
  it('keeps a seed that is not a safe integer, and a plain run whose draft length was never typed', () => {
    const [start, ...rest] = events as [StartEvent, ...RunEvent[]];
    const sampling = { ...start.settings.sampling, seed: 2n ** 64n - 1n };
    const plain: StartEvent = { ...start, settings: { ...start.settings, mode: 'plain', gamma: Number.NaN, sampling } };
    const { events: read } = readTrace(JSON.stringify(encodeTrace([plain, ...rest])));
    expect(read[0]).toEqual({ ...plain, settings: { ...plain.settings, gamma: 'auto' } });
  });

  it('is refused a link where there is too little room, and a file has room for all', async () => {
    expect(await encodeLink(events, {}, 100)).toBeNull();
    expect(JSON.stringify(packTrace(events)).length).toBeLessThan(JSON.stringify(encodeTrace(events)).length);
  });
});

describe('the models of a run', () => {
  const [start, ...rest] = events;
  const models = { target: { id: 'target', revision: '01ab' }, draft: { id: 'draft', revision: 'ff' } };
  const withModels = (of: StartEvent['models']) => [{ ...(start as StartEvent), ...(of && { models: of }) }, ...rest];
  const modelsOf = (run: readonly RunEvent[]) => (run[0] as StartEvent).models;

  it.each([models, { ...models, draft: 'itself' as const }, { ...models, draft: null }])(
    'stay with it in files and links: %j',
    async (of) => {
      expect(modelsOf(readTrace(JSON.stringify(encodeTrace(withModels(of)))).events)).toEqual(of);
      expect(modelsOf(decodeTrace(packTrace(withModels(of))).events)).toEqual(of);
      const link = await encodeLink(withModels(of), {}, 60_000);
      expect(modelsOf((await decodeLink(link?.payload ?? '')).events)).toEqual(of);
    },
  );

  it('are absent from runs that were recorded before runs kept them', () => {
    expect(modelsOf(decodeTrace(encodeTrace(withModels(undefined))).events)).toBeUndefined();
  });

  it('are refused where they are no models', () => {
    const { code, message } = failureOf(() =>
      decodeTrace(swap(([first, ...others]) => [{ ...first, models: { target: 7 } } as never, ...others])),
    );
    expect([code, message]).toEqual(['trace-invalid', expect.stringContaining('models')]);
  });
});
