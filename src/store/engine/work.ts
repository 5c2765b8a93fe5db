import { create } from 'zustand';

/** What a person can have the models do. One thing at a time has them. */
export type Work = 'run' | 'race' | 'conversation' | 'proof' | 'experiment' | 'claims' | 'be-the-draft' | 'lesson' | 'tutor';

export interface WorkState {
  /** null: the models are free. */
  readonly current: Work | null;
  /** Whether the current work was asked to stop. */
  readonly stopping: boolean;
}

export const useWork = create<WorkState>()(() => ({ current: null, stopping: false }));

let controller: AbortController | null = null;

/**
 * Does `body` as the work that has the models, with a signal that `stopWork` aborts.
 *
 * @returns false at once, with nothing done, while other work has them
 */
export async function occupy(work: Work, body: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  if (useWork.getState().current !== null) return false;
  const mine = new AbortController();
  controller = mine;
  useWork.setState({ current: work, stopping: false });
  try {
    await body(mine.signal);
  } finally {
    controller = null;
    useWork.setState({ current: null, stopping: false });
  }
  return true;
}

/** Asks the current work to stop; what it has measured stays. */
export function stopWork(): void {
  if (!controller) return;
  useWork.setState({ stopping: true });
  controller.abort();
}
