import { DEFAULT_RUN, GREEDY } from '../core/settings';
import type { RunSettings } from '../core/types';
import { FIRST_DRAFT, WEAK_DRAFT } from '../formats/settings';

/** Prompts of the lessons' live parts, in the phrasing that the embedded pair was trained on. */
export const PROMPTS = {
  story: { name: 'A story', prompt: 'Tell a short story about a fox who finds a bell.' },
  json: { name: 'A JSON record', prompt: 'Turn this into JSON: Ada Lund is 41 years old, lives in Lima and works as a pilot.' },
  function: { name: 'A function', prompt: 'Write a Python function that adds two numbers.' },
  copy: {
    name: 'A copy with one change',
    prompt:
      "Rewrite this with the name changed from Tom to Anna: Tom took the old lamp to the harbour. On Monday Tom wrote a letter to the baker. Tom left the quiet hill at 9 o'clock.",
  },
  words: { name: 'Random words', prompt: 'Write 30 random words.' },
} as const;
export type PromptId = keyof typeof PROMPTS;

/** A way to decode: plainly, or with a draft of a kind and a length. */
export interface Way {
  readonly kind: 'plain' | 'good' | 'weak' | 'ngram';
  readonly gamma: number;
}

/** Of a lesson's text: "plain", "good-4", "weak-10", "ngram-4". */
export function readWay(text: string): Way {
  const [, kind, gamma] = /^(plain|good|weak|ngram)(?:-(\d+))?$/.exec(text) ?? [];
  if (kind === 'plain' || kind === 'good' || kind === 'weak' || kind === 'ngram') return { kind, gamma: Number(gamma ?? 4) };
  throw new RangeError(`"${text}" is not a way to decode`);
}

/** What a run is asked for, and which draft of the target, whatever that has. */
export function settingsOf(way: Way, tokens: number): { readonly settings: RunSettings; readonly draft: string } {
  return {
    settings: {
      ...DEFAULT_RUN,
      mode: way.kind === 'plain' ? 'plain' : 'speculative',
      drafting: way.kind === 'ngram' ? 'ngram' : 'model',
      gamma: way.gamma,
      maxTokens: tokens,
    },
    draft: way.kind === 'weak' ? WEAK_DRAFT : FIRST_DRAFT,
  };
}

/** A run whose tokens are drawn, so that every test has its p, q and u. */
export function sampledSettings(tokens: number, seed: number): RunSettings {
  return { ...DEFAULT_RUN, gamma: 4, maxTokens: tokens, sampling: { ...GREEDY, temperature: 1, seed, rule: 'rejection' } };
}
