import type { Lane, Spread } from '../../core/modes/race';
import type { Comparison, Speed } from '../../core/run/comparison';
import type { Phase } from '../../core/run/moment';
import { formatCount, formatRatio, formatSeconds } from '../format';
import { settings } from './index';
import { speeds } from './speeds';

const lanes: Record<Lane, string> = { speculative: 'Speculative', plain: settings.modes.plain };

const phases: Record<Phase, string> = {
  waiting: 'at the start',
  prefill: 'reads the prompt',
  drafting: 'drafting',
  verifying: 'target pass',
  reading: 'reading back',
  working: 'drafting and verifying',
  between: 'between passes',
  ended: 'finished',
};

const passes = (count: number) => `${formatCount(count)} target ${count === 1 ? 'pass' : 'passes'}`;
const tokens = (count: number) => `${formatCount(count)} ${count === 1 ? 'token' : 'tokens'}`;

export const race = {
  heading: 'A race: plain decoding against speculation',
  intro:
    'Each runs alone on this device, one after the other, so that neither slows the other; then both are replayed together, each by its own clock, from the same start.',
  settings: 'Settings',
  repetitions: 'Runs of each',
  own: 'Press Race, and your own device runs one in its place.',
  empty: 'No race yet. Choose a prompt and press Race.',
  lanes,
  phases,
  track: 'The track',
  clock: 'Clock of the race',
  warming: 'Warming up: both decode a few tokens that are not counted …',
  measuring: (lane: Lane, heat: number, of: number) =>
    `Measuring ${lane === 'plain' ? 'plain decoding' : 'speculation'}${of > 1 ? `, race ${formatCount(heat)} of ${formatCount(of)}` : ''} … The race follows.`,
  replaying: 'Both were measured; this is how they went.',
  hidden: 'Measured unseen; the text comes in the race.',
  text: (lane: Lane) => `Text of ${lane === 'plain' ? 'plain decoding' : 'speculation'}`,
  passesUnit: (count: number) => (count === 1 ? 'target pass' : 'target passes'),
  of: (done: number, total: number) => `${formatCount(done)} of ${tokens(total)}`,
  finishes: {
    finished: (ms: number, prompt: number | null) =>
      prompt === null ? formatSeconds(ms) : `${formatSeconds(ms)}, prompt ${formatSeconds(prompt)}`,
    aborted: 'stopped',
    failed: 'failed',
  },
  moment: (ms: number) => formatSeconds(ms),
  table: {
    caption: 'Both runs, at the moment that is shown',
    wait: speeds.names.wait,
    prompt: 'Prompt, to the first token',
    decode: speeds.names.decoding,
    tokens: 'Tokens',
    passes: 'Target passes',
    perPass: 'Tokens per pass',
    waitRate: 'Tokens per second, the whole wait',
    decodingRate: 'Tokens per second, decoding alone',
  },
  speedOf: (speed: Speed, tokensPerSecond: Comparison['tokensPerSecond']) =>
    `${speeds.names[speed]}, ${speeds.notes[speed]}: ${speeds.against(speed, tokensPerSecond.speculative, tokensPerSecond.plain)}.`,
  slower: 'Speculation was the slower one.',
  spread: ({ median, least, most, races }: Spread) =>
    `Over ${formatCount(races)} races: ${formatRatio(least)} to ${formatRatio(most)}, median ${formatRatio(median)}.`,
  needed: (speculative: number, plain: number) => `${passes(speculative)} instead of ${formatCount(plain)}.`,
  output: ({ output, alike }: Comparison) => {
    switch (output) {
      case 'identical':
        return `The texts are the same: ${tokens(alike)} compared, id for id.`;
      case 'partly':
        return `The texts are the same as far as both go: ${tokens(alike)} compared, id for id.`;
      case 'sampled':
        return `The texts part at token ${formatCount(alike + 1)}: the rejection rule keeps the target’s distribution, but draws by other random numbers than plain decoding. Under the coupled rule, or at temperature 0, both would be the same.`;
      case 'different':
        return `The texts part at token ${formatCount(alike + 1)}, which they must not under these settings. The view Proof shows where.`;
    }
  },
  lengths: 'Their lengths differ, so the whole waits are not compared; decoding alone can be.',
  notComparable: 'The two runs were asked different things, so their times cannot be compared.',
  alone: 'Only one of the two was measured.',
  order: (first: Lane) => `${first === 'plain' ? 'Plain decoding' : 'Speculation'} ran first here; the order changes with every race.`,
  warmUp: (count: number) => `Before it both decoded ${tokens(count)} that are not counted.`,
  recorded:
    'Two runs that were recorded one by one, each with the times of the machine that it ran on; which ran first is not known, and nothing was warmed up for them.',
  median: (count: number) => `Of ${formatCount(count)} races the one in the middle by decoding alone is shown first.`,
  heats: 'Which race',
  heat: (number: number, speed: number | null) => `${formatCount(number)}: ${speed === null ? '–' : speeds.times(speed)}`,
};
