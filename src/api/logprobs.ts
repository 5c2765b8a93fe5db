import type { RunToken } from '../core/types';
import type { PlacedToken } from './answerText';
import type { TextLogprobs, TokenLogprob } from './shapes';

/** As JSON has no -Infinity, a probability of 0 is told as OpenAI tells it. */
const LEAST_LOGPROB = -9999;

/** Of `tokens`, the target's own, of the distribution that they were drawn from. @param most likely ones beside each */
export function logprobsOf(tokens: readonly RunToken[], most: number): TokenLogprob[] {
  return tokens.map(({ text, p, candidates }) => ({
    ...named(text, p ?? 0),
    top_logprobs: (candidates?.p ?? []).slice(0, most).map((each) => named(each.text, each.probability)),
  }));
}

/** The same in the shape of text completions. */
export function textLogprobsOf(tokens: readonly PlacedToken[], most: number): TextLogprobs {
  const all = logprobsOf(tokens, most);
  return {
    tokens: all.map(({ token }) => token),
    token_logprobs: all.map(({ logprob }) => logprob),
    top_logprobs: most === 0 ? null : all.map((each) => byText(each.top_logprobs)),
    text_offset: tokens.map(({ at }) => at),
  };
}

/** Of several with one text, as of parts of characters, the most likely. */
function byText(likely: TokenLogprob['top_logprobs']): Record<string, number> {
  return Object.fromEntries(likely.toReversed().map(({ token, logprob }) => [token, logprob]));
}

function named(token: string, probability: number): Omit<TokenLogprob, 'top_logprobs'> {
  return {
    token,
    logprob: Math.max(LEAST_LOGPROB, Math.log(probability)),
    bytes: token.includes('\uFFFD') ? null : [...new TextEncoder().encode(token)],
  };
}
