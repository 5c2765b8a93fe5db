import { create } from 'zustand';
import type { TargetSpec } from '../../catalog/resolve';
import type { BackendChoice } from '../../formats/settings';
import { useBackend } from './backend';
import { chosenTarget } from './catalogue';

/** What a person can have the models do. One thing at a time has them. */
export type Work = 'run' | 'race' | 'conversation' | 'proof' | 'experiment' | 'claims' | 'be-the-draft' | 'lesson' | 'tutor' | 'api';

export interface WorkState {
  /** null: the models are free. */
  readonly current: Work | null;
  /** Whether the current work was asked to stop. */
  readonly stopping: boolean;
}

export const useWork = create<WorkState>()(() => ({ current: null, stopping: false }));

/** The models, as one piece of work has them. */
export interface Hold {
  /** Aborts when the work is asked to stop. */
  readonly signal: AbortSignal;
  release(): void;
}

let controller: AbortController | null = null;
/** That all runs of the current work have, whatever is chosen meanwhile; null until one needs it. */
let heldTarget: TargetSpec | null = null;
/** What computes them all, whatever another tab chooses meanwhile; null without work. */
let heldBackend: BackendChoice | null = null;
/** Each takes the models when its turn comes. */
let waiting: (() => void)[] = [];

/**
 * Does `body` as the work that has the models, with a signal that `stopWork` aborts.
 *
 * @returns false at once, with nothing done, while other work has them
 */
export async function occupy(work: Work, body: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  if (useWork.getState().current !== null) return false;
  const hold = take(work);
  try {
    await body(hold.signal);
  } finally {
    hold.release();
  }
  return true;
}

/** Takes the models when they are free, behind all that waited before. @throws the signal's reason, if it aborts before */
export async function takeTurn(work: Work, signal: AbortSignal): Promise<Hold> {
  signal.throwIfAborted();
  if (useWork.getState().current === null) return take(work);
  return new Promise((resolve, reject) => {
    const turn = () => resolve(take(work));
    waiting.push(turn);
    signal.addEventListener('abort', () => {
      waiting = waiting.filter((each) => each !== turn);
      reject(signal.reason);
    });
  });
}

function take(work: Work): Hold {
  const mine = new AbortController();
  controller = mine;
  heldTarget = null;
  heldBackend = useBackend.getState().backend;
  useWork.setState({ current: work, stopping: false });
  return {
    signal: mine.signal,
    release() {
      controller = null;
      heldBackend = null;
      useWork.setState({ current: null, stopping: false });
      // Who follows the state may have begun already.
      if (useWork.getState().current === null) waiting.shift()?.();
    },
  };
}

/** Calls `then` as soon as nothing has the models, which may be at once. */
export function onceFree(then: () => void): void {
  if (useWork.getState().current === null) {
    then();
    return;
  }
  const leave = useWork.subscribe(({ current }) => {
    if (current !== null) return;
    leave();
    then();
  });
}

/** The target of all runs of the current work: the one that was chosen when the first of them began. Without work, the chosen one; null until the lists of models are read. */
export function targetOfWork(): TargetSpec | null {
  if (useWork.getState().current === null) return chosenTarget();
  heldTarget ??= chosenTarget();
  return heldTarget;
}

/** What computes the current work: what was chosen when it began. Without work, what is chosen. */
export function backendOfWork(): BackendChoice {
  return heldBackend ?? useBackend.getState().backend;
}

/** Asks the current work to stop; what it has measured stays. */
export function stopWork(): void {
  if (!controller) return;
  useWork.setState({ stopping: true });
  controller.abort();
}
