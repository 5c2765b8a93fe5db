import type { Advice } from '../../core/advice';
import type { TokenKind } from '../../core/tokenKinds';
import { formatCount, formatRatio, formatShare } from '../format';

const kinds: Record<TokenKind, string> = {
  common: 'common words',
  words: 'other words',
  names: 'names',
  punctuation: 'punctuation',
  numbers: 'numbers',
  code: 'code',
};

const times = (ratio: number) => `${formatRatio(ratio)} ×`;
const tokens = (gamma: number) => `${formatCount(gamma)} ${gamma === 1 ? 'token' : 'tokens'}`;

/** The verdict in a sentence, with the figure that it stands on. */
function verdict({ code, best, breakEven, ceiling }: Advice): string {
  switch (code) {
    case 'worth-it':
      return `Worth it here: ${times(best.speedup)} plain decoding expected, with drafts of ${tokens(best.gamma)}.`;
    case 'hardly':
      return `Hardly worth it here: ${times(best.speedup)} plain decoding expected at best, with drafts of ${tokens(best.gamma)}.`;
    case 'agreement-too-low':
      return breakEven
        ? `Agreement is too low: below ${formatShare(breakEven.rate)} of drafts accepted, no draft length pays here.`
        : `Agreement is too low: ${times(best.speedup)} plain decoding expected at best.`;
    case 'draft-too-slow':
      return `The draft is too slow: were every draft accepted, it would still be ${times(ceiling)} plain decoding at best.`;
    case 'device-compute-bound':
      return `This device is compute-bound: even a draft that costs nothing and is always right would not pay.`;
  }
}

/** Every figure that the verdict stands on. */
function reasons({ code, best, breakEven, ceiling, costRatio, verifyRatio }: Advice, rate: number | null): string[] {
  const lines = [
    rate === null
      ? `No draft of this run was judged, so nothing is known of agreement.`
      : breakEven
        ? `${formatShare(rate)} of the judged drafts were accepted; from ${formatShare(breakEven.rate)} on it pays, with drafts of ${tokens(breakEven.gamma)}.`
        : `${formatShare(rate)} of the judged drafts were accepted; no rate would be enough.`,
    `A draft step costs ${formatRatio(costRatio)} of a plain token (c)${code === 'draft-too-slow' ? ', which is too much' : ''}.`,
    `Verifying ${formatCount(best.gamma + 1)} rows costs ${formatRatio(verifyRatio)} of one${code === 'device-compute-bound' ? ': rows are hardly cheaper together than apart' : ''}.`,
  ];
  if (code === 'worth-it' || code === 'hardly') lines.push(`Were every draft accepted, it would be ${times(ceiling)} at best.`);
  return lines;
}

export const measure = {
  heading: 'What it costs, and whether it pays',
  view: 'Measure',

  verdictHeading: 'Does it pay here?',
  verdict,
  reasons,
  ceiling: (ratio: number) =>
    `Were every draft accepted, this pair would be ${times(ratio)} plain decoding here. Run something to learn how often it is right.`,
  otherwise: (speed: number) =>
    `The two runs that were measured say otherwise: ${times(speed)}. One pair of runs is little; measure more under Experiment, or this device anew if it was busy.`,
  noCosts: 'Nothing is known yet of what this pair costs here, so nothing can be said.',
  expected: 'Expected',
  expectedNote: 'of this run, with the draft lengths it chose; from measured costs',
  measured: 'Measured',
  measuredNote: 'tokens per second of the last two comparable runs',
  times,
  missing: '–',
  noPlain: 'Not measured: this run has not been decoded the other way too.',
  costsOfRun: (adapter: string) => `Costs as they were known when the run began, on ${adapter}.`,
  costsOfDevice: 'Costs as measured on this device.',

  costsHeading: 'What a round costs',
  unmeasured: 'What this pair costs on this device has not been measured yet.',
  measuring: 'Measuring …',
  fixedPlain: 'Beside it, each plain token',
  readback: 'A bare readback',
  verifyTitle: 'Time of a target pass over its rows',
  verifyNote: 'If rows cost as much together as apart, there is nothing to gain from verifying several at once.',
  verifyDescription: (one: string, last: string, rows: string) => `One row takes ${one}, ${rows} rows take ${last}.`,
  rows: 'Rows, γ + 1',
  time: 'Time',
  milliseconds: 'ms',
  atContext: (context: string) => `at ${context} tokens`,
  apart: 'row by row',

  memoryHeading: 'Memory for latency',
  memoryTitle: 'What the pair takes on the graphics device',
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
    `The draft adds ${added} to the target’s ${alone}: ${share} more memory, traded for latency. As allocated, on the device.`,
  memoryItself: 'The target drafts for itself: it shares its weights and has a second cache.',
  memoryMissing: 'Nothing is allocated on a graphics device: the models are not ready, or run on the processor.',

  curvesHeading: 'Speed over agreement',
  curvesTitle: 'Predicted speedup over the acceptance rate, by draft length',
  curvesNote: (context: string) =>
    `By this device’s own costs at ${context} tokens of context; α is taken to be the same at every position, which a run’s is not.`,
  curvesDescription: (best: string) => `Speedup rises with acceptance. ${best}`,
  acceptanceRate: 'Acceptance rate α',
  speedup: 'Speedup',
  unitTimes: '×',
  asPlain: 'as fast as plain',
  evenPoint: (rate: string) => `pays from ${rate} on`,
  runMeasured: (ratio: string) => `measured ${ratio} ×`,
  runExpected: (ratio: string) => `expected ${ratio} ×`,
  gamma: (gamma: number) => `γ = ${formatCount(gamma)}`,

  runHeading: 'This run’s agreement',
  noRun: 'Ask something above, and the run’s figures stand here as it goes.',
  nothingJudged: 'No draft was judged in this run.',
  beside: 'The run on the page decodes plainly; this is of the speculative run of the same question before it.',
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
  tooFew: (judged: string) => `Fewer than ${judged} drafts have been judged, too few to say where it stands.`,
  noEven: 'There is no break-even here: not even full agreement pays at this draft length.',

  positionTitle: 'Acceptance by position in the draft',
  positionDescription: (first: string) => `The first draft of a round was accepted ${first} of the times that it was judged.`,
  position: 'Position',
  accepted: 'Accepted',
  judged: 'Judged',
  ofJudged: (share: string, judged: string) => `${share} of ${judged}`,

  kindTitle: 'Acceptance by kind of token',
  kindNote: 'By what the text has in the draft’s place; told from the surface of English words and of code.',
  kindDescription: 'How often tokens of each kind were foreseen by the draft.',
  kind: 'Kind',
  kinds,

  lengthTitle: 'Drafts accepted in a round',
  lengthDescription: (rounds: string) => `Of ${rounds} rounds that drafted.`,
  acceptedDrafts: 'Accepted drafts',
  rounds: 'Rounds',

  whatIfHeading: 'What if?',
  theory: 'Theory',
  whatIfIntro:
    'What the model of costs says of figures that nobody measured, v(γ) taken for a straight line. Move them to see what would pay.',
  fromDevice: 'They start from what was measured here.',
  fromExample: 'Nothing was measured here, so they start from invented figures.',
  reset: 'Back to the start',
  alpha: 'Acceptance rate α',
  draftLength: 'Draft length γ',
  draftCost: 'Draft step c',
  slope: 'Each row more, v slope',
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
