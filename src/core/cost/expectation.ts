/** What to expect of a model that was not timed yet where a CPU computes: there a token takes as long as the weights are many. */

/** A model of which a token was timed. */
export interface Timed {
  readonly name: string;
  readonly parameters: number;
  readonly tokenMs: number;
}

/** Stands in where nothing was timed: in software on two cores, the faster of two adapters (docs/measurements.md, SmolLM2 with n-grams and with its head). */
export const TIMED_ELSEWHERE: Timed = { name: 'SmolLM2 135M', parameters: 134_515_008, tokenMs: 134 };

export interface Expectation {
  /** Least milliseconds of a token: the caches of a CPU make small models quicker than their weights are few. */
  readonly tokenMs: number;
  /** What that was told from. */
  readonly from: Timed;
  /** Whether nobody would wait for its answers. */
  readonly isHopeless: boolean;
}

/** A token that takes this long makes an answer of a hundred last over a minute and a half. */
const HOPELESS_MS = 1000;

export function expectationOf(parameters: number, from: Timed): Expectation {
  const tokenMs = (from.tokenMs * parameters) / from.parameters;
  return { tokenMs, from, isHopeless: tokenMs >= HOPELESS_MS };
}
