import { describe, expect, it } from 'vitest';
import { FailureError } from '../../../src/core/failure';
import { flag, number, oneOf, optionLines, readOptions, text, texts } from '../../../src/node/options';

const OPTIONS = {
  port: number('N', { min: 0, max: 65535 }, 8080, 'the port'),
  heat: number('T', { min: 0, max: 2, whole: false }, undefined, 'how hot'),
  name: text('NAME', 'what it is called'),
  cors: texts('ORIGIN', 'who may ask'),
  device: oneOf(['auto', 'cpu'], 'auto', 'what computes\nand how'),
  json: flag('as JSON'),
};

describe('options', () => {
  it('have their defaults where nothing is given, and keep what stands beside them', () => {
    expect(readOptions(OPTIONS, ['a prompt', 'and more'])).toEqual({
      values: { port: 8080, heat: undefined, name: undefined, cors: [], device: 'auto', json: false },
      rest: ['a prompt', 'and more'],
    });
  });

  it('are read in both spellings, before and behind a prompt', () => {
    const args = ['--port=0', 'prompt', '--heat', '0.7', '--name', '', '--cors', 'a', '--cors', 'b', '--device', 'cpu', '--json'];
    expect(readOptions(OPTIONS, args)).toEqual({
      values: { port: 0, heat: 0.7, name: '', cors: ['a', 'b'], device: 'cpu', json: true },
      rest: ['prompt'],
    });
    expect(readOptions(OPTIONS, ['--', '--port']).rest).toEqual(['--port']);
  });

  it.each([
    [['--prot', '1'], '--prot'],
    [['--port'], '--port'],
    [['--port', 'x'], '--port is "x"'],
    [['--port', '1.5'], '--port is "1.5"'],
    [['--port', '65536'], '--port is "65536"'],
    [['--port', '1', '--port', '2'], '--port is there twice'],
    [['--heat', '1e9'], '--heat is "1e9"'],
    [['--heat', 'NaN'], '--heat is "NaN"'],
    [['--device', 'gpu'], '--device is "gpu"'],
    [['--json=yes'], '--json'],
  ])('that are written as %j are refused by name', (args, said) => {
    const read = () => readOptions(OPTIONS, args);
    expect(read).toThrow(FailureError);
    expect(read).toThrow(said);
  });

  it('are told in lines that begin alike', () => {
    const lines = optionLines(OPTIONS).split('\n');
    expect(lines).toHaveLength(7);
    expect(new Set(lines.map((line) => line.slice(30).search(/\S/)))).toEqual(new Set([0]));
  });
});
