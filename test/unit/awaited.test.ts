import { expect, it } from 'vitest';
import { awaitedOf } from '../../src/core/run/awaited';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent, RunSettings } from '../../src/core/types';
import { awaited as words } from '../../src/ui/texts/awaited';

const start = (settings: Partial<RunSettings> = {}): RunEvent => ({
  ...{ type: 'start', prompt: 'A fox.', promptIds: Array(1200).fill(7), calibration: null },
  settings: { ...DEFAULT_RUN, ...settings },
  labels: { target: 'Target', draft: 'Draft', adapter: '' },
});
const prefill = (tokens: number, reused = 0): RunEvent => ({ type: 'prefill', tokens, reused, endMs: 1 });
const round = (index: number): RunEvent => ({
  ...{ type: 'round', index, tokens: [], readbacks: 1, limits: { model: 0, ngram: 0 } },
  ...{ source: null, device: null, startMs: 1, endMs: 2 },
});
const said = (...events: RunEvent[]) => words.running(awaitedOf(events));

it('a run waits for its prompt, the rest of it, the draft’s reading, and then for rounds', () => {
  expect(awaitedOf([])).toEqual({ what: 'start' });
  expect(said(start())).toBe('The target reads the prompt: 1,200 tokens …');
  expect(said(start(), prefill(0))).toBe('The target reads the prompt: 1,200 tokens …');
  expect(said(start(), prefill(1024))).toBe('First pass of the target: the last 176 of 1,200 tokens of the prompt …');
  expect(said(start(), prefill(0, 1190))).toBe('First pass of the target: the last 10 of 1,200 tokens of the prompt …');
  expect(said(start(), prefill(1024), round(0))).toBe('The draft model reads the prompt …');
  expect(said(start(), prefill(1024), round(0), round(1))).toBe('Running …');
});

it.each([{ mode: 'plain' }, { drafting: 'ngram' }, { drafting: 'person' }] as const)(
  'a run waits for no draft model with %j',
  (settings) => {
    expect(said(start(settings), prefill(1024), round(0))).toBe('Running …');
  },
);
