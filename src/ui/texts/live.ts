import type { Way } from '../../lessons/exercises';
import { formatCount, formatProbability, formatRate, formatRatio, formatShare, plural } from '../format';
import { speeds } from './speeds';

const quoted = (text: string) => `“${text.trim() || '…'}”`;
export const live = {
  label: (name: string) => `To try: ${name}`,
  names: {
    passes: 'passes of this device',
    lengths: 'lengths and costs',
    byHand: 'a round by hand',
    residual: 'acceptance and residual',
    worksheet: 'the worksheet',
    endpoints: 'two endpoints',
    trials: (prompts: string) => `runs of ${prompts}`,
  },
  stop: 'Stop',
  prompt: 'Prompt',
  busy: 'The models are busy elsewhere on this page.',
  unmeasured:
    'The costs of this pair on this device are not measured yet. The page measures them when the models are ready, unless a run is in progress.',
  measuring: 'Measuring the costs of this pair …',
  measure: 'Measure now',
};

export const tryIt = {
  run: 'Run it',
  again: 'Run it again',
  settings: (mode: 'plain' | 'speculative', gamma: number, tokens: number) =>
    mode === 'plain'
      ? `Target alone, up to ${formatCount(tokens)} tokens`
      : `Draft length ${formatCount(gamma)}, up to ${formatCount(tokens)} tokens`,
  waiting: 'The run appears here.',
  plain: (passes: number, tokens: number, seconds: string) =>
    `${plural(passes, 'pass', 'passes')} for ${plural(tokens, 'token')}: one each, ${seconds} in all.`,
  passes: (passes: number, tokens: number) => `${plural(passes, 'pass', 'passes')} of the target for ${plural(tokens, 'token')}.`,
  rejection: (round: number, kept: number, after: string, rejected: string, corrected: string | null, discarded: number) =>
    `First rejection, in round ${formatCount(round)}: ${kept === 0 ? 'no draft was' : plural(kept, 'draft was', 'drafts were')} kept. After ${quoted(after)} the draft’s ${quoted(rejected)} was rejected${
      corrected === null ? '' : `, and the target put ${quoted(corrected)} there`
    }${discarded === 0 ? '.' : `; ${plural(discarded, 'draft')} after it ${discarded === 1 ? 'was' : 'were'} dropped unread.`}`,
  noRejection: 'Nothing was rejected in this run: every draft was the target’s own choice.',
  marks: (accepted: number, bonus: number, corrected: number) =>
    `Underlined once: ${plural(accepted, 'accepted draft')}. Underlined twice: ${plural(bonus, 'bonus token')}. With a caret: ${plural(corrected, 'corrected token')}.`,
  watch: 'See this run on the Watch page',
};

export const passes = {
  time: 'Price of a pass, v(γ)',
  timeDescription: (last: string, rows: number) =>
    `Time of a target pass over a number of tokens, in passes over one. Over ${rows} tokens it is ${last}; one after another they would cost ${rows}.`,
  rows: 'Tokens in one pass',
  inPasses: 'In passes over one token',
  measured: 'measured',
  oneByOne: 'one by one',
  speed: 'Roofline: tokens read per second',
  speedDescription: (most: string) =>
    `Tokens that the target reads in a second, over the number of tokens in one pass. The most is ${most}.`,
  perSecond: 'Tokens per second',
  weightsFree: 'if only weights cost',
  columns: ['Tokens in one pass', 'Milliseconds', 'v(γ)', 'Tokens per second'],
  note: (context: number) => `Forward passes of the target with ${formatCount(context)} tokens in its cache, by the device’s own clock.`,
  verdict: (rows: number, ratio: string) => `Here ${formatCount(rows)} tokens side by side cost ${ratio} times one.`,
  memory: 'That is much less than one by one: most of a single pass goes into reading weights, and a draft finds room.',
  arithmetic: 'That is not far from one by one: arithmetic is the limit already, and a draft finds little room.',
  between: 'That is between the two limits: a draft finds some room, and short drafts find the most.',
};

export const lengths = {
  alpha: 'Acceptance rate α',
  gamma: 'Draft length γ',
  draftCost: 'Draft step, in target steps (c)',
  measuredCost: (c: string) => `measured here: ${c}`,
  whatIf: 'what if',
  fromRun: (alpha: string) => `Use α from the run on the page (${alpha})`,
  title: 'Expected speed over plain decoding',
  description: (best: number, speed: string) =>
    `Expected speedup over the draft length. The best length is ${best}, with ${speed} times plain decoding.`,
  theory: 'Theory: the same acceptance rate at every position, on costs that were measured here.',
  x: 'Draft length γ',
  y: 'Speed, times plain',
  atAlpha: (alpha: string) => `α = ${alpha}`,
  parity: 'as fast as plain',
  chosen: 'yours',
  best: (gamma: number, speed: string) =>
    gamma === 0 ? 'Best at this α: no draft at all.' : `Best at this α: γ = ${formatCount(gamma)}, ${speed} times plain.`,
  yours: (gamma: number, tokens: string, price: string, speed: string) =>
    `γ = ${formatCount(gamma)}: ${tokens} tokens a round, at the price of ${price} plain ones: ${speed} times plain.`,
  breakEven: (gamma: number, alpha: string | null) =>
    alpha === null ? `At γ = ${formatCount(gamma)} not even α = 1 would pay.` : `Break-even at γ = ${formatCount(gamma)}: α = ${alpha}.`,
  columns: ['γ', 'Tokens a round', 'Speed, times plain'],
};

const ways: Record<Way['kind'], string> = { plain: 'Target alone', good: 'Good draft', weak: 'Weak draft', ngram: 'N-gram' };

export const trials = {
  run: (count: number) => `Run all ${formatCount(count)}`,
  again: 'Run them again',
  running: (done: number, all: number) => `${formatCount(done)} of ${formatCount(all)} done …`,
  done: 'Done.',
  stopped: 'Stopped; the results so far stay.',
  way: ({ kind, gamma }: Way) => (kind === 'plain' ? ways.plain : `${ways[kind]}, γ = ${formatCount(gamma)}`),
  title: (prompts: string) => `Results of the runs of ${prompts}`,
  columns: {
    way: 'Way',
    rate: 'Tokens/s, decoding alone',
    speed: '× plain',
    alpha: 'α',
    ratio: 'Acc. / drafted',
    length: 'Tokens a round',
    first: 'First token, ms',
    output: 'Output',
    step: 'Look',
  },
  outputs: { reference: 'reference', identical: 'same ids', partly: 'same so far', different: 'differs', sampled: 'two draws' },
  step: 'Step',
  stepThrough: (way: string, prompt: string) => `Step through: ${way}, ${prompt}`,
  waiting: 'not run yet',
  /** Acceptance rates of several rows, the highest first. */
  rates: (rows: readonly { readonly name: string; readonly alpha: number }[]) =>
    `By α: ${rows.map(({ name, alpha }) => `${name} ${formatShare(alpha)}`).join(', ')}.`,
  fastest: (name: string, speed: number) =>
    speed > 1
      ? `Decoding alone, the fastest was ${name}: ${formatRatio(speed)} times plain decoding.`
      : `Decoding alone, nothing was faster than plain decoding; ${name} came nearest, with ${formatRatio(speed)} times.`,
  sameIds: (same: number, all: number) =>
    same === all
      ? `All ${formatCount(all)} outputs have the same ids as plain decoding’s.`
      : `${formatCount(same)} of ${formatCount(all)} outputs have the same ids as plain decoding’s.`,
  spread: (least: number, most: number) =>
    `The same run wrote ${formatRate(least)} to ${formatRate(most)} ${speeds.alone}: ${formatShare(most / least - 1)} apart.`,
};

export const byHand = {
  recorded: 'A recorded run of this page’s own models.',
  live: 'From the run on this page.',
  fresh: 'Run a new one, here',
  another: 'Another round',
  prompt: (prompt: string) => `Prompt: ${prompt}`,
  before: 'So far',
  draft: '1. The draft proposes',
  draftWords: (count: number) => `${plural(count, 'token')}, each drawn from the draft’s own distribution.`,
  verify: '2. One target pass',
  verifyWords: 'Now the target’s probability p of each is known too.',
  doVerify: 'Let the target read them',
  judge: '3. You judge',
  question: (token: string, after: string, chance: string, u: string) =>
    `After ${quoted(after)} the draft says ${quoted(token)}. It has a chance of ${chance} to stay; the draw u is ${u}. Does it stay?`,
  keep: 'Keep it',
  strike: 'Strike it',
  right: (kept: boolean) => `Right: it is ${kept ? 'kept' : 'rejected'}.`,
  wrong: (u: number, chance: number, kept: boolean) =>
    `No: ${formatProbability(u)} is ${kept ? '' : 'not '}below ${formatProbability(chance)}, so it is ${kept ? 'kept' : 'rejected'}.`,
  score: (right: number, all: number) => `You judged ${formatCount(right)} of ${formatCount(all)} as the run did.`,
  residual: '4. What the target puts there',
  residualWords: (token: string, mass: string) =>
    `The token was rejected, so the target draws from what p has left above q. Here that was ${mass} of p in total, and the draw gave ${quoted(token)}.`,
  correctedWords: (token: string) => `The token was rejected, so the target draws from what p has left above q. It drew ${quoted(token)}.`,
  bonusWords: (token: string) => `All stayed, so the target adds one from its own p after the last draft: ${quoted(token)}.`,
  dropped: (count: number) => `${plural(count, 'draft')} after it ${count === 1 ? 'is' : 'are'} dropped without a look.`,
  column: { token: 'Token', q: 'q, draft', p: 'p, target', chance: 'min(1, p/q)', u: 'u', verdict: '' },
  unknown: '?',
};

export const residualSum = {
  title: 'Acceptance and residual add up to p',
  accepted: 'through acceptance, min(p, q)',
  residual: 'through the residual, max(0, p − q)',
  q: 'the draft’s q',
  overlap: (share: string) =>
    `A draft at this position is kept with a chance of ${share}: that is how much p and q overlap, over all tokens.`,
  columns: ['Token', 'Parts of p', 'p'],
  place: (after: string) => `After “… ${after}”`,
  another: 'Another position',
};

export const worksheet = {
  drafted: 'Drafted',
  accepted: 'Accepted',
  rejected: 'Rejected (optional)',
  fromRun: 'Use the run on the page',
  noRun: 'There is no speculative run on the page yet.',
  ratio: 'Accepted / drafted',
  alpha: 'Acceptance rate α',
  estimated: (gamma: number) =>
    `estimated, because rejected drafts were not counted: for drafts of ${formatCount(gamma)} tokens, with the same rate at every position`,
  discarded: 'Discarded, never judged',
  breakEven: (gamma: number) => `Break-even α here, γ = ${formatCount(gamma)}`,
  never: 'never',
  above: (alpha: number, even: number) =>
    `α is ${formatShare(alpha)}, break-even ${formatShare(even)}: on this device drafting pays, by these costs.`,
  below: (alpha: number, even: number) =>
    `α is ${formatShare(alpha)}, break-even ${formatShare(even)}: on this device drafting costs more than it gives.`,
  hopeless: 'On this device no acceptance rate would pay at this length.',
  unmeasured: 'The break-even needs this device’s costs, which are not measured yet.',
  /** What a rate says by itself, while the device's costs are not known. */
  bands: {
    high: 'High: the two models mostly agree. Whether that pays depends on the price of a round.',
    middle: 'Middling: it pays only with a cheap draft and cheap verification.',
    low: 'Low: half wrong may be theatre. Try another draft, a shorter one, or none.',
  },
};

export const endpoints = {
  ask: (name: string) => `Ask endpoint ${name}`,
  names: ['A', 'B'],
  nothing: 'not asked yet',
  which: 'Which one speculates?',
  right: (name: string) => `Right: endpoint ${name} speculates.`,
  wrong: (name: string) => `No: endpoint ${name} speculates.`,
  again: 'Shuffle',
  rate: (rate: string) => `${rate} ${speeds.alone}`,
  same: 'The two answers are the same, token for token.',
  differ: (at: number) => `The answers differ from token ${formatCount(at)} on.`,
  first: (ms: string) => `first token after ${ms} ms`,
  ratio: (ratio: number) => `Decoding alone, it was ${formatRatio(ratio)} times as fast as the other one.`,
};
