import type { Lane, RaceResult, Spread } from '../../core/modes/race';
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
    'Each runs alone on this device, one after the other, so that neither slows the other. Then the page replays both together, each with its own times, from the same start.',
  settings: 'Settings',
  repetitions: 'Runs of each',
  own: 'Press Race to replace it with one on your own device.',
  empty: 'No race yet. Choose a prompt and press Race.',
  lanes,
  phases,
  track: 'The track',
  clock: 'Clock of the race',
  warming: 'Warming up: both decode a few tokens that are not counted …',
  measuring: (lane: Lane, heat: number, of: number) =>
    `Measuring ${lane === 'plain' ? 'plain decoding' : 'speculation'}${of > 1 ? `, race ${formatCount(heat)} of ${formatCount(of)}` : ''} … The race follows.`,
  replaying: 'Both were measured; this is the replay.',
  hidden: 'Measured out of sight; the text appears in the race.',
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
  headline: ({ faster, comparison, passes: { speculative, plain } }: RaceResult) => {
    const needed = `${passes(speculative)} instead of ${formatCount(plain)}.`;
    if (faster === 'plain') return `Plain decoding was the faster one. Speculation needed ${needed}`;
    if (faster === null) return needed;
    if (faster === 'speculative') {
      const { wait, decoding } = comparison.speedup;
      return `Speculation was ${formatRatio(wait ?? decoding ?? 1)} times as fast. It needed ${needed}`;
    }
    const spared = plain - speculative;
    return spared > 0
      ? `The times tied. What speculation spared is ${formatCount(spared)} of ${passes(plain)}.`
      : 'The times tied, and speculation spared no target passes.';
  },
  output: ({ output, alike }: Comparison) => {
    switch (output) {
      case 'identical':
        return `The texts are the same: ${tokens(alike)} compared, id for id.`;
      case 'partly':
        return `The texts are the same as far as both go: ${tokens(alike)} compared, id for id.`;
      case 'sampled':
        return `The texts differ from token ${formatCount(alike + 1)} on: the rejection rule keeps the target’s distribution, but uses other random numbers than plain decoding. Under the coupled rule, or at temperature 0, both would be the same.`;
      case 'different':
        return `The texts part at token ${formatCount(alike + 1)}, which they must not under these settings. The view Proof shows where.`;
    }
  },
  lengths: 'Their lengths differ, so the page compares decoding alone, not the whole waits.',
  notComparable: 'The two runs have different prompts or settings, so their times cannot be compared.',
  alone: 'Only one of the two was measured.',
  order: (first: Lane) => `${first === 'plain' ? 'Plain decoding' : 'Speculation'} ran first here; the order changes with every race.`,
  warmUp: (count: number) => `Before it both decoded ${tokens(count)} that do not count.`,
  recorded:
    'Two runs that were recorded separately, each with the times of its own machine. It is not known which ran first, and there was no warm-up.',
  median: (count: number) => `Of ${formatCount(count)} races, the page shows first the one with the median ratio of decoding alone.`,
  heats: 'Which race',
  heat: (number: number, speed: number | null) => `${formatCount(number)}: ${speed === null ? '–' : speeds.times(speed)}`,
};
