import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { hasDriver } from '../../src/node/vulkan';
import { Command, run, WEBGPU } from './support/command';

const PROMPT = 'Count from 1 to 12.';
const ARGS = ['generate', '--device', 'cpu', '--max-tokens', '24'];

describe('foretoken generate', () => {
  it('writes the text alone to standard output, and the counts beside it', async () => {
    const { code, stdout, stderr } = await run([...ARGS, PROMPT]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^1, 2, 3, 4/)]);
    expect(stderr).toMatch(/24 tokens in [\d.]+ s.*\n\d+ drafted: \d+ accepted, \d+ rejected, \d+ discarded/);
  });

  it('tells what it runs on, and without a graphics driver nothing that its libraries say of that', async () => {
    const { code, stderr } = await run(['generate', '--max-tokens', '4', PROMPT]);
    expect(code).toBe(0);
    // Of a driver that is there and does not do, dawn complains in a paragraph each.
    const said = hasDriver() ? stderr.replace(/^Warning: [\s\S]*?\n\n/gm, '') : stderr;
    const [first = ''] = said.split('\n').filter((line) => line !== '');
    expect(first).toMatch(/^(.* The models run on the CPU, without WebGPU\.|[^:]+: checking)$/);
    expect(stderr).toMatch(/^Target: preparing$[\s\S]*^Target: ready$/m);
    // Of the two that there are without a graphics card, the faster, as it was measured.
    if (hasDriver() || WEBGPU === 'cpu') return;
    const [, faster, slower] =
      /^No graphics card was found\. A token takes ([\d.]+) ms on .* and ([\d.]+) ms on .*, so the models run on/m.exec(stderr) ?? [];
    expect(Number(faster)).toBeLessThanOrEqual(Number(slower));
  });

  it('reads its prompt from standard input, and colours tokens where it is asked to', async () => {
    const { stdout, stderr } = await run(ARGS, { input: PROMPT, env: { FORCE_COLOR: '1' } });
    expect(stdout).toContain('\x1b[32m');
    expect(stripVTControlCharacters(stdout)).toMatch(/^1, 2, 3, 4/);
    expect(stripVTControlCharacters(stderr)).toContain('accepted  corrected  bonus');
  });

  it('gives one JSON object, whose tokens are the text', async () => {
    const { stdout } = await run([...ARGS, '--json', PROMPT]);
    const told = JSON.parse(stdout);
    expect(told.tokens.map(({ text }: { text: string }) => text).join('')).toBe(told.text);
    expect(told).toMatchObject({ finish_reason: 'length', completion_tokens: 24, target: 'Target', draft: expect.any(String) });
    expect(told.accepted + told.rejected + told.discarded).toBe(told.drafted);
  });

  it('compares both ways: the same output, and what was gained', async () => {
    const { code, stdout } = await run(['generate', '--device', WEBGPU, '--max-tokens', '24', '--compare', '--json', PROMPT]);
    const { comparison } = JSON.parse(stdout);
    expect([code, comparison.output]).toEqual([0, 'identical']);
    expect(comparison.speedup).toBeGreaterThan(0);
    const words = await run([...ARGS, '--compare', '--repeat', '1', '--temperature', '1', PROMPT]);
    expect(words.stderr).toMatch(/The output is the same, token for token\.\nSpeculative decoding was [\d.]+ times as fast/);
  });

  it('keeps its caches in half precision where it is asked to, and says where it cannot', async () => {
    const refused = await run([...ARGS, '--kv-cache', 'half', PROMPT]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('cache in half precision, which only WebGPU does.')]);
    if (WEBGPU === 'cpu') return;
    const args = [
      'generate',
      '--device',
      WEBGPU,
      '--kv-cache',
      'half',
      '--max-tokens',
      '24',
      '--compare',
      '--repeat',
      '1',
      '--json',
      PROMPT,
    ];
    const { code, stdout } = await run(args);
    expect([code, JSON.parse(stdout).comparison.output]).toEqual([0, 'identical']);
  });

  it.each([
    ['n-grams', ['--draft', 'ngram']],
    ['the target itself', ['--draft', 'itself']],
    ['the weak draft, after n-grams', ['--draft', 'weak-draft', '--method', 'mixed', '--num-speculative-tokens', '3']],
    ['nothing', ['--draft', 'none']],
    ['nothing, by name', ['--plain']],
  ])('writes the same, drafted by %s', async (_, args) => {
    const { stdout } = await run([...ARGS, '--json', ...args, PROMPT]);
    expect(JSON.parse(stdout).text).toMatch(/^1, 2, 3, 4, 5/);
  });

  it('repeats a draw by its seed', async () => {
    const draw = async (seed: string) =>
      JSON.parse((await run([...ARGS, '--json', '--temperature', '1.2', '--seed', seed, 'Tell me a story about a fox.'])).stdout).text;
    const [one, again, other] = [await draw('1'), await draw('1'), await draw('2')];
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });

  it('tells the counts so far when it is stopped', async () => {
    const command = new Command(['generate', '--device', 'cpu', '--max-tokens', '900', 'Write a very long story about a fox.']);
    await new Promise((resolve) => command.process.stdout?.once('data', resolve));
    command.process.kill('SIGINT');
    const { code, stderr } = await command.ended();
    expect([code, stderr]).toEqual([130, expect.stringMatching(/Stopped\. \d+ tokens? in/)]);
  });

  it('says in words what is wrong, and ends with 2', async () => {
    for (const [args, said] of [
      [[], 'There is no prompt.'],
      [['--max-tokens', '0', PROMPT], '--max-tokens is "0".'],
      [['--compare', '--plain', PROMPT], 'There is nothing to compare plain decoding with.'],
      [['--compare', '--draft', 'none', PROMPT], 'There is nothing to compare plain decoding with.'],
      [['--target', 'nothing', PROMPT], 'There is no model "nothing".'],
      [['--draft', 'nothing', PROMPT], 'Name one of: ngram, itself, none, target, draft'],
      [['--temperature', '3', PROMPT], '--temperature is "3".\n  Choose a number, 0 to 2.'],
      [['--kv-cache', 'quarter', PROMPT], '--kv-cache is "quarter".\n  Choose full, half.'],
      [['--repeat', '3', PROMPT], '--repeat has no effect without --compare.'],
      [['--json', '--show-rejected', PROMPT], '--show-rejected has no effect with --json.'],
      [['--plain', '--show-rejected', PROMPT], '--show-rejected has no effect with --plain.'],
      [['--plain', '--draft', 'ngram', PROMPT], '--draft has no effect with --plain.'],
      [['--draft', 'none', '--num-speculative-tokens', '3', PROMPT], '--num-speculative-tokens has no effect with --draft none.'],
      [['--top-p', '0.9', PROMPT], '--top-p has no effect at temperature 0.'],
      [['--seed', '3', PROMPT], '--seed has no effect at temperature 0.'],
    ] as const) {
      const { code, stdout, stderr } = await run(['generate', '--device', 'cpu', ...args]);
      expect([code, stdout], args.join(' ')).toEqual([2, '']);
      expect(stderr).toContain(said);
      expect(stderr).toContain('usage: foretoken generate');
    }
    const long = await run(['generate', '--device', 'cpu', 'word '.repeat(2000)]);
    expect([long.code, long.stderr]).toEqual([1, expect.stringContaining('The prompt has 2004 tokens')]);
  });

  it('says that a model does not see a system message', async () => {
    const { code, stderr } = await run([...ARGS, '--system', 'Be brief.', PROMPT]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('Target has no place for a system message: it does not see --system.')]);
  });

  it('teaches with --help, and knows its version', async () => {
    expect((await run(['generate', '--help'])).stdout).toMatch(/accepted {4}the draft guessed it/);
    for (const args of [
      ['generate', '-h'],
      ['help', 'generate'],
      ['-h', 'generate'],
    ])
      expect((await run(args)).stdout, args.join(' ')).toMatch(/accepted {4}the draft guessed it/);
    expect((await run(['serve', '--help'])).stdout).toContain('curl http://127.0.0.1:8080/v1/chat/completions');
    expect((await run([])).stdout).toContain('foretoken serve --help');
    for (const option of ['--version', '-v', '-V']) expect((await run([option])).stdout, option).toMatch(/^\d+\.\d+\.\d+\n$/);
    for (const args of [['speak'], ['help', 'speak'], ['constructor'], ['help', 'constructor']]) {
      const { code, stderr } = await run(args);
      const refused = `foretoken: There is no command "${args.at(-1)}".\n  Choose generate or serve.\n\nusage: foretoken generate|serve [options]\n`;
      expect([code, stderr], args.join(' ')).toEqual([2, refused]);
    }
  });
});
