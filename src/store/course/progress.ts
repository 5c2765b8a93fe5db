import { create } from 'zustand';
import { type Failure, toFailure } from '../../core/failure';
import { EMPTY_PROGRESS, type PracticeNotes, type Progress, readProgress, writeProgress } from '../../formats/progress';
import { quietStorage, SharedKey } from '../page/quietStorage';

const STORAGE_KEY = 'foretoken.progress';
/** Where progress that cannot be read is put aside before anything is written over it. */
const ASIDE_KEY = 'foretoken.progress.aside';
/** Attempts at the quiz that are remembered. */
const MOST_ATTEMPTS = 100;

const shared = new SharedKey(STORAGE_KEY);

export interface ProgressState {
  readonly progress: Progress;
  /** Why what was stored could not be used, or an import not be made. */
  readonly failure: Failure | null;
  /** Stored progress of a newer version is never written over: what is done now is not kept. */
  readonly frozen: boolean;
}

export const useProgress = create<ProgressState>()(() => restored());

/** Reads again what is stored, as when the page opens. */
export function restoreProgress(): void {
  useProgress.setState(restored());
  shared.look();
}

export function setRead(lesson: string, read: boolean): void {
  change(({ lessons, ...rest }) => {
    const { [lesson]: _, ...others } = lessons;
    return { ...rest, lessons: read ? { ...others, [lesson]: { readAt: Date.now() } } : others };
  });
}

export function changePractice(changed: Partial<PracticeNotes>): void {
  change((progress) => ({ ...progress, practice: { ...progress.practice, ...changed } }));
}

/** @param answers of every question, by its id, whether it was answered rightly */
export function keepAttempt(answers: Readonly<Record<string, boolean>>): void {
  change((progress) => ({
    ...progress,
    attempts: [...progress.attempts, { at: Date.now(), answers: { ...answers } }].slice(-MOST_ATTEMPTS),
  }));
}

/** Everything, as a file's text. */
export function exportProgress(): string {
  const { frozen, progress } = useProgress.getState();
  return (frozen && stored()) || writeProgress(progress);
}

/**
 * Puts the progress of a file in place of this one. A file that cannot be used changes nothing and is named in the state.
 *
 * @returns a function that takes it back; null if nothing was changed
 */
export function importProgress(file: string): (() => void) | null {
  try {
    return replace(readProgress(file));
  } catch (thrown) {
    useProgress.setState({ failure: toFailure(thrown) });
    return null;
  }
}

/** @returns a function that takes it back */
export function resetProgress(): () => void {
  return replace(EMPTY_PROGRESS);
}

export function dismissProgressFailure(): void {
  useProgress.setState({ failure: null });
}

function change(edit: (progress: Progress) => Progress): void {
  catchUp();
  keep(edit(useProgress.getState().progress));
}

function replace(progress: Progress): () => void {
  catchUp();
  const before = useProgress.getState().progress;
  keep(progress);
  useProgress.setState({ failure: null });
  return () => keep(before);
}

function keep(progress: Progress): void {
  useProgress.setState({ progress });
  if (!useProgress.getState().frozen) quietStorage.setItem(STORAGE_KEY, writeProgress(progress));
  shared.look();
}

/** Takes in what another tab has kept, so that a change here is a change of that. */
function catchUp(): void {
  if (shared.isNew()) restoreProgress();
}

function restored(): ProgressState {
  const empty = { progress: EMPTY_PROGRESS, failure: null, frozen: false };
  const kept = stored();
  if (kept === null) return empty;
  try {
    return { ...empty, progress: readProgress(kept) };
  } catch (thrown) {
    const failure = toFailure(thrown);
    const frozen = failure.code === 'progress-newer';
    if (!frozen) quietStorage.setItem(ASIDE_KEY, kept);
    return { ...empty, failure, frozen };
  }
}

function stored(): string | null {
  const kept = quietStorage.getItem(STORAGE_KEY);
  return typeof kept === 'string' ? kept : null;
}

if (typeof window !== 'undefined') {
  window.addEventListener('storage', ({ key }) => {
    if (key === STORAGE_KEY) catchUp();
  });
}
