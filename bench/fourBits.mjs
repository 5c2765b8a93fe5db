/**
 * The other way to a faster answer: the same model with half the bits. Answers of SmolLM2 in four bits and in eight, each plainly and with n-gram drafts, in turns
 * on the CPU in Node, as ratios to eight bits plainly.
 *
 *   npm run bench:four-bits -- FOUR.gguf EIGHT.gguf [--prompts 4] [--max-tokens 48] [--repetitions 2]
 *
 * Both files are SmolLM2 135M: llama-quantize makes one of the other. Prompts are SmolLM2's, of every kind in turn.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../scripts/install.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { makeModel } from '../scripts/smollm2.mjs';
import { ownPrompts } from './ownPrompts.mjs';
import { geometricMean } from './statistics.mjs';

const BASE = 'eight bits, plainly';

await failClearly(async () => {
  const number = (usual) => ({ type: 'string', default: usual });
  const { values, positionals } = parseArgs({
    options: { prompts: number('4'), 'max-tokens': number('48'), repetitions: number('2') },
    allowPositionals: true,
  });
  const [four, eight] = positionals.map((file) => path.resolve(file));
  const missing = [four, eight].find((file) => file === undefined || !fs.existsSync(file));
  if (positionals.length !== 2 || missing !== undefined) {
    throw new Error(`Name two GGUF files of SmolLM2 135M, the one in four bits first${missing ? `: ${missing} is missing` : ''}.`);
  }
  const [maxTokens, repetitions] = [values['max-tokens'], wholeNumber('repetitions', values.repetitions)];
  const cache = fs.mkdtempSync(path.join(os.tmpdir(), 'four-bits-'));
  const [fours, eights] = ['four', 'eight'].map((name) => path.join(cache, name));
  const ways = {
    [BASE]: ['--target', eights, '--plain'],
    'eight bits, n-grams': ['--target', eights, '--draft', 'ngram'],
    'four bits, plainly': ['--target', fours, '--plain'],
    'four bits, n-grams': ['--target', fours, '--draft', 'ngram'],
  };
  const ask = (way, prompt) => {
    const options = ['--device', 'cpu', '--cache', cache, '--max-tokens', maxTokens, '--json', ...ways[way]];
    const program = path.join(root, 'scripts/foretoken.mjs');
    const told = execFileSync(process.execPath, [program, 'generate', ...options, prompt], {
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
    return JSON.parse(told);
  };
  const names = Object.keys(ways);
  const seen = Object.fromEntries(names.map((way) => [way, []]));
  try {
    const asked = ownPrompts('smollm2', wholeNumber('prompts', values.prompts));
    await makeModel(four, fours, path.join(root, 'public/libraries'));
    await makeModel(eight, eights, path.join(root, 'public/libraries'));
    const { adapter } = ask(BASE, 'Hi');
    const [cpu, load] = [os.cpus(), os.loadavg()[0].toFixed(1)];
    console.log(
      `${cpu.length} × ${cpu[0]?.model.trim()}, Node ${process.version}, ${adapter}, load ${load} before; ${asked.length} prompts, ${repetitions} repetitions in turns`,
    );
    for (const [index, { id, prompt }] of asked.entries()) {
      for (let repetition = 0; repetition < repetitions; repetition++) {
        const rates = {};
        for (const [i] of names.entries()) {
          const way = names[(i + index + repetition) % names.length];
          rates[way] = ask(way, prompt).decode_tokens_per_s;
        }
        console.error(`${id}: ${names.map((way) => `${way} ${rates[way]?.toFixed(1) ?? '–'}`).join('; ')} tokens/s`);
        // An answer of one token has no rate: nothing is compared with it.
        if (names.some((way) => rates[way] === null)) continue;
        for (const way of names) seen[way].push({ rate: rates[way], ratio: rates[way] / rates[BASE] });
      }
    }
  } finally {
    // Of a run that fails, what it has found.
    if (seen[BASE].length > 0) console.table(Object.fromEntries(Object.entries(seen).map(([way, all]) => [way, row(all)])));
    fs.rmSync(cache, { recursive: true, force: true });
  }
});

function row(all) {
  const ratios = all.map(({ ratio }) => ratio);
  const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  const [rate, over] = [geometricMean(all.map(({ rate }) => rate)).toFixed(1), geometricMean(ratios).toFixed(2)];
  return { compared: all.length, 'tokens/s': rate, over, range };
}
