import fs from 'node:fs';

/**
 * The prompts of a pair, which are those of the embedded one where it has none of its own.
 *
 * @param {string} pair by its name
 * @param {number} [count] so many of them, of every kind in turn; all, in their order, where it is left out
 * @returns {{ id: string, kind: string, prompt: string }[]}
 */
export function ownPrompts(pair, count) {
  const own = new URL(`prompts-${pair}.json`, import.meta.url);
  const prompts = readPromptFile(fs.existsSync(own) ? own : new URL('prompts.json', import.meta.url));
  if (count === undefined) return prompts;
  const earlier = ({ kind }, i) => prompts.slice(0, i).filter((other) => other.kind === kind).length;
  const inTurn = prompts.map((prompt, i) => ({ prompt, turn: earlier(prompt, i) })).sort((a, b) => a.turn - b.turn);
  return inTurn.slice(0, count).map(({ prompt }) => prompt);
}

/** @param {string | URL} file */
export function readPromptFile(file) {
  const prompts = JSON.parse(fs.readFileSync(file, 'utf8'));
  const good = Array.isArray(prompts) && prompts.length > 0 && prompts.every((each) => each.id && each.kind && each.prompt);
  if (!good) throw new Error(`${file} is not a list of { "id", "kind", "prompt" }.`);
  return prompts;
}
