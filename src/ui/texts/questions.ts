import type { Advice } from '../../core/cost/advice';
import type { Comparison, Speeds } from '../../core/run/comparison';
import { formatBytes, formatCount, formatRate, formatRatio, formatShare } from '../format';
import { speeds } from './speeds';
import { verdict } from './verdict';

const milliseconds = (ms: number | null) => `${formatRate(ms)} ms`;

export const questions = {
  heading: 'Common questions',
  intro:
    'What people ask about speculative decoding and about this page. Where there is something to measure, the answer ends with what this device measured: its costs, and your own last runs.',
  ask: 'Is your question not here?',
  tutor: 'Ask the tutor',
  more: 'More in',
  here: 'On this device',
  missing: {
    costs: 'Not measured yet: the costs of this pair on this device.',
    run: 'Not measured yet: no speculative run of yours.',
    'both-ways': 'Not measured yet: no prompt of yours was decoded both ways.',
  },
  measure: { costs: 'Measure this device', run: 'Run a story', 'both-ways': 'Run a story both ways' },
  measuring: 'Measuring …',

  pays: (advice: Advice, rate: number) =>
    `${verdict(advice, 'here')} By this device’s costs and the α of your last speculative run, ${formatShare(rate)}.`,
  ceiling: (ratio: number) =>
    `If every draft were accepted, this pair would be ${formatRatio(ratio)} times plain decoding, by this device’s costs.`,
  breakEven: (gamma: number, rate: number | null) =>
    rate === null
      ? `With drafts of ${formatCount(gamma)}, not even full acceptance would pay, by this device’s costs.`
      : `With drafts of ${formatCount(gamma)}, break-even is at α = ${formatShare(rate)}, by this device’s costs.`,
  verification: (rows: number, ratio: number) =>
    `A pass over ${formatCount(rows)} tokens takes ${formatRatio(ratio)} times a pass over one: checking ${formatCount(rows - 1)} drafts ${
      ratio >= 1.005 ? `adds ${formatShare(ratio - 1)}` : 'adds nothing that can be measured'
    }.`,
  draftStep: (ratio: number) => `A step of the draft takes ${formatRatio(ratio)} of a step of the target (c).`,
  draftLength: (rate: number, { gamma, speedup }: Advice['best']) =>
    speedup < 1
      ? `At the α of your last speculative run, ${formatShare(rate)}, no draft length is faster than plain decoding, by this device’s costs.`
      : `At the α of your last speculative run, ${formatShare(rate)}, ${formatCount(gamma)} is best: ${formatRatio(speedup)} times plain decoding, by this device’s costs.`,
  acceptance: (rate: number, judged: number, length: number) =>
    `In your last speculative run ${formatShare(rate)} of ${formatCount(judged)} judged drafts were accepted, and a round added ${formatRatio(length)} tokens.`,
  costPerToken: (speculativeMs: number, plainMs: number) =>
    `Your last speculative run took ${milliseconds(speculativeMs)} a token, decoding alone; a plain token costs ${milliseconds(plainMs)}, by this device’s costs.`,
  memory: (draft: number, target: number) =>
    `The draft takes ${formatBytes(draft)}, the target ${formatBytes(target)}, weights and cache: ${formatShare(draft / target)} more.`,
  speed: (ratio: number, speculative: Speeds, plain: Speeds) =>
    `Your last two runs of one prompt, decoding alone: ${formatRatio(ratio)} times, ${speeds.against('decoding', speculative, plain)}.`,
  firstToken: (speculative: number | null, plain: number | null) =>
    `Your last two runs of one prompt: the first token came after ${milliseconds(speculative)} with speculation and ${milliseconds(plain)} without.`,
  sameOutput: (output: Comparison['output'], alike: number) =>
    ({
      identical: `Your last two runs of one prompt, with speculation and without, wrote the same ${formatCount(alike)} tokens.`,
      partly: `Your last two runs of one prompt wrote the same ${formatCount(alike)} tokens as far as both went.`,
      different: `Your last two runs of one prompt differ from token ${formatCount(alike + 1)} on.`,
      sampled: `Your last two runs of one prompt are two draws, above temperature 0, and differ from token ${formatCount(alike + 1)}.`,
    })[output],
};
