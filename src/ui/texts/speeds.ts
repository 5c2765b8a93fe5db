import type { Speed, Speeds } from '../../core/run/comparison';
import type { SpeedupParts } from '../../core/run/speedupParts';
import { formatRate, formatRatio, formatSeconds } from '../format';

/** The two speeds of a run, by the names that they have everywhere. */
const names: Record<Speed, string> = { wait: 'The whole wait', decoding: 'Decoding alone' };
const notes: Record<Speed, string> = { wait: 'prompt included', decoding: 'from the first token on' };

export const speeds = {
  names,
  notes,
  unit: 'tokens per second',
  /** Tokens per second where one figure stands alone. */
  alone: 'tokens per second, decoding alone',
  /** Of a recording, whose times are another machine's. */
  onRecorder: 'on the recorder’s machine',
  overWait: 'Over the whole wait',
  /** Of a run that is replayed, at the moment shown; the times are the run's own, at any pace. */
  overWaitSoFar: 'Over the wait so far',
  decodingSoFar: 'Decoding alone so far, in the run’s time',
  waited: (ms: number) => `${formatSeconds(ms)}, ${notes.wait}`,
  times: (ratio: number) => `${formatRatio(ratio)} ×`,
  /** What a speedup of decoding alone is the product of. */
  parts: ({ readbacks, passes }: SpeedupParts) =>
    `Of decoding alone, fewer target passes make ${formatRatio(passes)} ×, and ${readbacks < 1 ? 'more' : 'fewer'} readbacks ${formatRatio(readbacks)} ×.`,
  /** Tokens per second of both runs. */
  against: (speed: Speed, speculative: Speeds, plain: Speeds) =>
    `${formatRate(speculative[speed])} against ${formatRate(plain[speed])} tokens per second`,
};
