import { afterEach, describe, expect, it, vi } from 'vitest';
import { print, printError, printJson } from '../../../src/node/output';
import { progressOn } from '../../../src/node/progress';

afterEach(() => vi.restoreAllMocks());

/** Clears the screen, moves the cursor (C1), and turns the rest of the line round. */
const NAME = 'a\x1b[2Jb\u009b1;1Hc\u202ed';

function written(stream: NodeJS.WriteStream, work: () => void): string {
  let text = '';
  vi.spyOn(stream, 'write').mockImplementation((piece) => {
    text += piece;
    return true;
  });
  work();
  return text;
}

describe('a name from elsewhere', () => {
  it.each([
    ['a line of output', () => print(`\n${NAME}`), process.stdout],
    ['a line of errors', () => printError(`\n${NAME}`), process.stderr],
  ] as const)('is harmless in %s', (_, work, stream) => {
    expect(written(stream, work)).toBe('\na␛[2Jb\uFFFD1;1Hc\uFFFDd\n');
  });

  it('is harmless in JSON, and the same when it is read', () => {
    const text = written(process.stdout, () => printJson({ name: NAME }));
    expect(text).toMatch(/^[\x20-\x7e]+\n$/);
    expect(JSON.parse(text)).toEqual({ name: NAME });
  });

  it('is harmless in the line of progress, and stays in it', () => {
    let text = '';
    const stream = { isTTY: true, columns: 80, write: (piece: string) => (text += piece) } as unknown as NodeJS.WriteStream;
    progressOn(stream).report({ type: 'import', name: `${NAME}\ne`, readBytes: 1, totalBytes: 2 } as never);
    expect(text).toBe('\r\x1b[Ka␛[2Jb\uFFFD1;1Hc\uFFFDd e: converting 50 %');
  });
});
