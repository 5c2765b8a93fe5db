import { expect, it } from 'vitest';
import type { ComputedBy, LoadProgress } from '../../../src/engine/tasks';
import { progressOn } from '../../../src/node/progress';
import { idleOption } from '../../../src/node/session';

const update = (phase: LoadProgress['phase'], loadedBytes: number, name = 'Target'): LoadProgress => ({
  ...{ type: 'progress', model: 'target', backend: 'cpu', totalBytes: 200 },
  ...{ name, phase, loadedBytes },
});
const UPDATES = [
  ...[update('downloading', 0), update('downloading', 100), update('checking', 200), update('downloading', 50, 'A\n\x1b[2Jdraft')],
  ...[update('preparing', 200), update('ready', 200)],
];

/** All that is written while `UPDATES` come. */
function written(isTTY: boolean): string {
  let text = '';
  const write = (piece: unknown) => {
    text += piece;
    return true;
  };
  const progress = progressOn({ write, isTTY, columns: 24 });
  for (const each of UPDATES) progress.report(each);
  progress.end();
  return text;
}

it('how far models are is a line for each thing that begins, where the output is no terminal', () => {
  expect(written(false)).toBe('Target: downloading\nTarget: checking\nA \u241b[2Jdraft: downloading\nTarget: preparing\nTarget: ready\n');
});

it('how far models are is one line of a terminal that changes and goes away', () => {
  const lines = [
    'Target: downloading 0 %',
    'Target: downloading 50',
    'Target: checking 100 %',
    'A \u241b[2Jdraft: downloadin',
    'Target: preparing …',
  ];
  expect(
    written(true)
      .split('\r\x1b[K')
      .map((line) => line.trimEnd()),
  ).toEqual(['', ...lines, '']);
});

it('why the models run where they do, without a graphics card, is told with what that costs', () => {
  const told = (computedBy: Omit<ComputedBy, 'type' | 'adapter'>) => {
    let text = '';
    const write = (piece: unknown) => {
      text += piece;
      return true;
    };
    progressOn({ write, isTTY: false, columns: 80 }).report({ type: 'computed-by', adapter: 'any', ...computedBy });
    return text;
  };
  const because = { why: 'other-cannot', message: 'Its cache is half.' } as const;
  expect(told({ backend: 'webgpu', because })).toMatch(
    /^No graphics card was found\..*Its cache is half\. In software WebGPU takes many times as long /,
  );
  expect(told({ backend: 'cpu', because })).not.toContain('times as long');
  expect(told({ backend: 'webgpu', because: { why: 'graphics-card' } })).toBe('');
});

it('threads that were asked for and have nothing to do are told', () => {
  expect(idleOption({ threads: 2 }, 'webgpu')).toMatch(/^--threads has no effect: WebGPU computes/);
  expect(idleOption({ threads: 2 }, 'cpu')).toBeNull();
  expect(idleOption({ threads: undefined }, 'webgpu')).toBeNull();
});
