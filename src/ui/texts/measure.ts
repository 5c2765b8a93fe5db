import type { Advice } from '../../core/cost/advice';
import type { CostsOf } from '../../core/cost/figures';
import type { TokenKind } from '../../core/run/tokenKinds';
import { formatCount, formatRatio, formatShare, plural } from '../format';
import { speeds } from './speeds';
import { at, type Place } from './verdict';

const kinds: Record<TokenKind, string> = {
  common: 'common words',
  words: 'other words',
  names: 'names',
  punctuation: 'punctuation',
  numbers: 'numbers',
  code: 'code',
};

/** Of a machine that a recording may not name. */
const on = (machine: string) => (machine === '' ? 'on another machine' : `on ${machine}`);

/** Every figure that the verdict stands on. @param byNgram whether the drafts cost no draft step */
function reasons(
  { code, best, breakEven, ceiling, costRatio, verifyRatio }: Advice,
  rate: number | null,
  byNgram: boolean,
  place: Place,
): string[] {
  const lines = [
    rate === null
      ? `No draft of this run was judged, so agreement is unknown.`
      : breakEven
        ? `${formatShare(rate)} of the judged drafts were accepted; ${at[place]} it pays from ${formatShare(breakEven.rate)} on, with drafts of ${plural(breakEven.gamma, 'token')}.`
        : `${formatShare(rate)} of the judged drafts were accepted; ${at[place]} no rate would be enough.`,
    byNgram
      ? 'The drafts were looked up, which costs no draft step.'
      : `A draft step costs c = ${formatRatio(costRatio)} of a plain token${code === 'draft-too-slow' ? ', which is too much' : ''}.`,
    `Verifying ${formatCount(best.gamma + 1)} rows costs v(${formatCount(best.gamma)}) = ${formatRatio(verifyRatio)} of one${code === 'device-compute-bound' ? ': rows are hardly cheaper together than one by one' : ''}.`,
  ];
  if (code === 'worth-it' || code === 'hardly') lines.push(`If every draft were accepted, it would be ${speeds.times(ceiling)} at best.`);
  return lines;
}

const costsOf: Record<CostsOf, (adapter: string) => string> = {
  'device-now': () => 'With this device’s costs as they were measured last.',
  'device-then': (adapter) => `With the costs as they were known when the run began, on ${adapter}.`,
  recorder: () => 'With the costs of the machine that recorded the run; press Measure this device to see yours.',
};

export const measure = {
  heading: 'What it costs, and whether it pays',

  verdictHeading: 'Does it pay here?',
  reasons,
  ceiling: (ratio: number, place: Place) =>
    `If every draft were accepted, this pair would be ${speeds.times(ratio)} plain decoding ${at[place]}. Run a prompt to see how often the draft is right.`,
  otherwise: (speed: number) =>
    `The two measured runs say otherwise: ${speeds.times(speed)} decoding alone. One pair of runs is not much: measure more under Experiment, or measure this device again if it was busy.`,
  noCosts: 'The costs of this pair on this device are not known yet, so there is no verdict.',
  expected: 'Predicted',
  expectedNote: 'of this run on this device, decoding alone, from its costs',
  expectedThere: 'Predicted there',
  expectedThereNote: 'of this run on the recorder’s machine, from its costs',
  measured: 'Measured',
  measuredNote: {
    wait: 'prompt included, of the last two comparable runs',
    decoding: 'from the first token on, of the last two comparable runs',
  },
  follows: (speedup: number) => `The predicted ${speeds.times(speedup)} is`,
  missing: '–',
  noPlain: 'Not measured: this prompt was not decoded the other way.',
  costsOf: (whose: CostsOf, adapter: string) => costsOf[whose](adapter),
  recordedToo: (machine: string) => `The run was recorded ${on(machine)}: its acceptance is the same everywhere, its times are not.`,
  recordedOnly: (machine: string) => `The run was recorded ${on(machine)}; measure this device to see what it would gain here.`,

  costsHeading: 'What a round costs',
  unmeasured: 'The costs of this pair on this device are not measured yet.',
  measuring: 'Measuring …',
  verifyTitle: 'Time of a target pass over its rows',
  verifyNote: 'If rows cost as much together as one by one, verifying several at once gains nothing.',
  verifyDescription: (one: string, last: string, rows: string) => `One row takes ${one}, ${rows} rows take ${last}.`,
  rows: 'Rows, γ + 1',
  time: 'Time',
  milliseconds: 'ms',
  atContext: (context: string) => `at ${context} tokens`,
  apart: 'row by row',

  memoryHeading: 'Memory for latency',
  memoryTitle: 'Memory of the pair on the graphics device',
  memory: {
    targetWeights: 'target: weights',
    targetCache: 'target: cache',
    draftWeights: 'draft: weights',
    draftCache: 'draft: cache',
    working: 'working buffers',
  },
  bytes: 'Allocated',
  megabytes: 'MB',
  memoryNote: (added: string, alone: string, share: string) =>
    `The draft adds ${added} to the target’s ${alone}: ${share} more memory, traded for latency. These are allocations on the device.`,
  memoryItself: 'The target drafts for itself: it shares its weights and has a second cache.',
  memoryMissing: 'Nothing is allocated on a graphics device: the models are not ready, or run on the CPU.',

  curvesHeading: 'Speed over agreement',
  curvesTitle: 'Predicted speedup over the acceptance rate, by draft length',
  curvesNote: (context: string, place: Place) =>
    `With ${place === 'here' ? 'this device’s own costs' : 'the costs of the recorder’s machine'} at ${context} tokens of context; the model takes α to be the same at every position; in a run it is not.`,
  curvesDescription: (best: string) => `Speedup rises with acceptance. ${best}`,
  acceptanceRate: 'Acceptance rate α',
  speedup: 'Speedup',
  unitTimes: '×',
  asPlain: 'as fast as plain',
  evenPoint: (rate: string) => `pays from ${rate} on`,
  runMeasured: (ratio: string) => `measured ${ratio} ×`,
  runExpected: (ratio: string) => `predicted ${ratio} ×`,
  gamma: (gamma: number) => `γ = ${formatCount(gamma)}`,

  runHeading: 'This run’s agreement',
  noRun: 'Run a prompt, and its figures appear here.',
  nothingJudged: 'No draft was judged in this run.',
  beside: 'The run on the page is plain decoding. These figures are from the speculative run of the same prompt before it.',
  overTitle: 'Acceptance over the run',
  overDescription: (overall: string) => `The acceptance rate of all drafts so far ends at ${overall}.`,
  recent: (judged: string) => `last ${judged} drafts`,
  overall: 'all so far',
  committed: 'Tokens committed',
  breakEvenAt: (gamma: string, rate: string) => `break-even at γ ${gamma}: ${rate}`,
  side: (above: boolean, rate: string, even: string) =>
    above ? `Above break-even now: ${rate} against ${even}.` : `Below break-even now: ${rate} against ${even}.`,
  crossed: (above: boolean, token: string) => `Rose ${above ? 'above' : 'below'} it at token ${token}.`.replace('Rose below', 'Fell below'),
  neverCrossed: 'It has not been crossed.',
  tooFew: (judged: string) => `Fewer than ${judged} drafts have been judged: too few to say.`,
  noEven: 'There is no break-even here: not even full agreement pays at this draft length.',

  positionTitle: 'Acceptance by position in the draft',
  positionDescription: (first: string) => `The first draft of a round was accepted ${first} of the times that it was judged.`,
  position: 'Position',
  accepted: 'Accepted',
  judged: 'Judged',
  ofJudged: (share: string, judged: string) => `${share} of ${judged}`,

  kindTitle: 'Acceptance by kind of token',
  kindNote: 'Kinds are those of the text’s own tokens, recognised by the form of English words and of code.',
  kindDescription: 'How often the draft predicted tokens of each kind.',
  kind: 'Kind',
  kinds,

  lengthTitle: 'Drafts accepted in a round',
  lengthDescription: (rounds: string) => `Of ${rounds} rounds that drafted.`,
  acceptedDrafts: 'Accepted drafts',
  rounds: 'Rounds',

  whatIfHeading: 'What if?',
  theory: 'Theory',
  whatIfIntro:
    'The cost model’s answer for figures that nobody measured, with v(γ) as a straight line. Move the sliders to see what would pay.',
  from: (whose: CostsOf) =>
    whose === 'recorder' ? 'They start from the costs of the recorder’s machine.' : 'They start from this device’s costs.',
  fromExample: 'Nothing was measured here, so they start from invented figures.',
  reset: 'Back to the start',
  alpha: 'Acceptance rate α',
  draftLength: 'Draft length γ',
  draftCost: 'Draft step c',
  slope: 'Each further row, v slope',
  fixed: 'Fixed cost of a round',
  inTokens: (ratio: string) => `${ratio} of a token`,
  whatIfTitle: 'Theory: speedup over the acceptance rate',
  would: (speedup: string, expected: string, gamma: string) =>
    `With drafts of ${gamma} it would be ${speedup} plain decoding: ${expected} tokens a round.`,
  wouldBest: (gamma: number, speedup: string) => `The best length would be ${formatCount(gamma)}: ${speedup}.`,
  wouldPlain: 'No draft length would be faster than plain decoding.',
  wouldEven: (rate: string | null) =>
    rate === null ? 'At this length no agreement would be enough.' : `Break-even at this length: ${rate}.`,
  thisPoint: (ratio: string) => `${ratio} ×`,
};
