import type { StartEvent } from '../types';

type Ran = Pick<StartEvent, 'labels' | 'models'>;

/** What a run ran on, in words: its adapter, and which caches held half precision, by which numbers and times differ too. */
export function deviceOf(start: Ran): string {
  return [start.labels.adapter, halfCachesOf(start)].filter((part) => part !== '').join(', ');
}

/** Which caches of a run held keys and values in half precision, in words; '' where all held full precision. */
export function halfCachesOf({ models }: Pick<Ran, 'models'>): string {
  if (!models) return '';
  const { target, draft } = models;
  const hasDraft = draft !== null && draft !== 'itself';
  if (!target.halfCache) return hasDraft && draft.halfCache ? 'the draft’s cache in half precision' : '';
  return hasDraft && !draft.halfCache ? 'the target’s cache in half precision' : 'caches in half precision';
}
