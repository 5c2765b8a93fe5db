import { useSyncExternalStore } from 'react';
import { useLoading } from '../store/loading';
import { useRun } from '../store/run';
import { useStepper } from '../store/stepper';
import { useWork } from '../store/work';
import type { Action } from './action';

/** Whether `action` can be done now, kept true while a component shows it. */
export function useCanPerform(action: Action): boolean {
  return useSyncExternalStore(subscribe, action.when);
}

function subscribe(changed: () => void): () => void {
  const leave = [useRun.subscribe(changed), useLoading.subscribe(changed), useStepper.subscribe(changed), useWork.subscribe(changed)];
  return () => {
    for (const unsubscribe of leave) unsubscribe();
  };
}
