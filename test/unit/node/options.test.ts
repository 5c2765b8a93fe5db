import { describe, expect, it } from 'vitest';
import { FailureError } from '../../../src/core/failure';
import { flag, HELP_OPTION, number, oneOf, optionLines, readOptions, text, texts } from '../../../src/node/options';

const OPTIONS = {
  port: number('N', { whole: true, min: 0, max: 65535 }, 8080, 'the port'),
  heat: number('T', { above: 0, max: 2 }, undefined, 'how hot'),
  name: text('NAME', 'what it is called'),
  cors: texts('ORIGIN', 'who may ask', (given) => given.toLowerCase()),
  device: oneOf(['auto', 'cpu'], 'auto', 'what computes\nand how'),
  json: flag('as JSON'),
  help: HELP_OPTION,
};

describe('options', () => {
  it('have their defaults where nothing is given, and keep what stands beside them', () => {
    expect(readOptions(OPTIONS, ['a prompt', 'and more'])).toEqual({
      values: { port: 8080, heat: undefined, name: undefined, cors: [], device: 'auto', json: false, help: false },
      rest: ['a prompt', 'and more'],
    });
  });

  it('are read in both spellings, before and behind a prompt', () => {
    const args = ['--port=0', 'prompt', '--heat', '0.7', '--name', '', '--cors', 'A', '--cors', 'b', '--device', 'cpu', '--json', '-h'];
    expect(readOptions(OPTIONS, args)).toEqual({
      values: { port: 0, heat: 0.7, name: '', cors: ['a', 'b'], device: 'cpu', json: true, help: true },
      rest: ['prompt'],
    });
    expect(readOptions(OPTIONS, ['--', '--port']).rest).toEqual(['--port']);
    expect(readOptions(OPTIONS, ['--', '--port', '-3']).rest).toEqual(['--port', '-3']);
  });

  it('take a number below 0 behind a blank, as behind "="', () => {
    const below = { floor: number('N', { whole: true, min: -8, max: 8 }, 0, 'how low') };
    expect(readOptions(below, ['--floor', '-3']).values.floor).toBe(-3);
    expect(readOptions(below, ['--floor=-3']).values.floor).toBe(-3);
  });

  it.each([
    [['--prot', '1'], '--prot'],
    [['--port'], '--port'],
    [['--port', 'x'], '--port is "x"'],
    [['--port', '1.5'], '--port is "1.5"'],
    [['--port', '65536'], '--port is "65536"'],
    [['--port', '1', '--port', '2'], '--port is there twice'],
    [['--port', '-3'], '--port is "-3"'],
    [['--heat', '-0.5'], '--heat is "-0.5"'],
    [['--heat', '0'], '--heat is "0"'],
    [['--heat', '2.1'], '--heat is "2.1"'],
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
    expect(lines).toHaveLength(8);
    expect(new Set(lines.map((line) => line.slice(30).search(/\S/)))).toEqual(new Set([0]));
  });
});
