import { create } from 'zustand';

/** How many runs and measurements have the device now; what is done in the background gives way to them. */
export const useMeasuring = create<{ readonly tasks: number }>()(() => ({ tasks: 0 }));

/** Work that nobody waits for, which can be held. */
export interface Background {
  /** Resolves once nothing of it is under way, or soon where that takes long. */
  hold(): Promise<void>;
  release(): void;
}

let background: Background | null = null;

/** Has `work` held during whatever is measured from now on; null: there is no such work any more. */
export function giveWay(work: Background | null): void {
  background = work;
}

/** Before a run or a measurement. @returns what to call at its end */
export async function beginMeasured(): Promise<() => void> {
  useMeasuring.setState(({ tasks }) => ({ tasks: tasks + 1 }));
  await background?.hold();
  return () => {
    useMeasuring.setState(({ tasks }) => ({ tasks: tasks - 1 }));
    if (useMeasuring.getState().tasks === 0) background?.release();
  };
}
