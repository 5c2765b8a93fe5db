import { describe, expect, it } from 'vitest';
import { inLanes } from '../../scripts/lanes.mjs';

interface Piece {
  readonly name: string;
}

/** Notes what begins and ends; what has begun ends by `end`. */
function workshop() {
  const log: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const work = ({ name }: Piece) =>
    new Promise<void>((resolve, reject) => {
      log.push(`${name} begins`);
      ends.set(name, (error) => (error ? reject(error) : resolve()));
    });
  const end = async (name: string, error?: Error) => {
    ends.get(name)?.(error);
    log.push(`${name} ends`);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { log, work, end };
}

describe('suites in lanes', () => {
  it('begin in their order, as many at a time as there are lanes', async () => {
    const { log, work, end } = workshop();
    const all = inLanes([{ name: 'a' }, { name: 'b' }, { name: 'c' }], 2, work);
    expect(log).toEqual(['a begins', 'b begins']);
    await end('b');
    expect(log).toEqual(['a begins', 'b begins', 'b ends', 'c begins']);
    await end('a');
    await end('c');
    await all;
  });

  it('all run also where one breaks, which is told in the end', async () => {
    const { log, work, end } = workshop();
    const all = expect(inLanes([{ name: 'a' }, { name: 'b' }], 1, work)).rejects.toThrow('a broke');
    await end('a', new Error('a broke'));
    expect(log.at(-1)).toBe('b begins');
    await end('b');
    await all;
  });
});
