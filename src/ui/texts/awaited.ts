import type { Awaited } from '../../core/run/awaited';
import type { LoadPhase, LoadProgress } from '../../engine/tasks';
import { formatBytes, formatCount, plural } from '../format';

/** What happens to a model that is loaded. */
export const phases: Readonly<Record<LoadPhase, string>> = {
  downloading: 'downloading',
  checking: 'checking the files',
  converting: 'converting the weights',
  preparing: 'preparing weights and kernels',
  ready: 'ready',
};

/**
 * How much of a model is there, beside all that it takes. While it is fetched what is there grows; then all is there that computes here.
 *
 * @param size of all its files: what is offered, stored and deleted; the CPU needs a little less to begin
 */
export function loadedOf(progress: Pick<LoadProgress, 'phase' | 'loadedBytes'> | undefined, size: number): string {
  const whole = progress?.phase === 'preparing' || progress?.phase === 'ready';
  return whole ? formatBytes(size) : `${formatBytes(progress?.loadedBytes ?? 0)} of ${formatBytes(size)}`;
}

export const awaited = {
  engine: 'Loading the models: starting the engine; the run starts by itself.',
  loading: ({ name, phase }: Pick<LoadProgress, 'name' | 'phase'>) =>
    `Loading the models: ${name}, ${phases[phase]}; the run starts by itself.`,
  starting: 'Starting the run …',
  running(waiting: Awaited): string {
    if (waiting.what === 'draft') return 'The draft model reads the prompt …';
    if (waiting.what !== 'prompt') return 'Running …';
    const { tokens, of } = waiting;
    if (tokens === of) return `The target reads the prompt: ${plural(of, 'token')} …`;
    return `First pass of the target: the last ${formatCount(tokens)} of ${plural(of, 'token')} of the prompt …`;
  },
};
