import type { StartEvent } from '../types';

type Ran = Pick<StartEvent, 'labels' | 'models'>;

const HALF = 'in half precision';

/**
 * What a run ran on, in words: its adapter, and whether the target's cache held half precision, by which numbers and times differ too. A speculative run and the
 * plain one beside it ran on the same: the draft's cache belongs to the draft (`draftOf`).
 */
export function deviceOf({ labels: { adapter }, models }: Ran): string {
  return [adapter, models?.target.halfCache ? `the target’s cache ${HALF}` : ''].filter((part) => part !== '').join(', ');
}

/** What drafted in a run, as the run names it, and whether its cache held half precision; null where nothing drafted. */
export function draftOf({ labels: { draft }, models }: Ran): string | null {
  return draft !== null && hasHalfDraft(models) ? `${draft}, its cache ${HALF}` : draft;
}

/** Which caches of a run held keys and values in half precision, in words; '' where all held full precision. */
export function halfCachesOf({ models }: Pick<Ran, 'models'>): string {
  const [target, draft] = [models?.target.halfCache, hasHalfDraft(models)];
  if (target && draft) return `caches ${HALF}`;
  if (target) return `the target’s cache ${HALF}`;
  return draft ? `the draft’s cache ${HALF}` : '';
}

/** A target that drafts for itself has its own cache twice. */
function hasHalfDraft(models: Ran['models']): boolean {
  const draft = models?.draft ?? null;
  return draft !== null && draft !== 'itself' && draft.halfCache === true;
}
