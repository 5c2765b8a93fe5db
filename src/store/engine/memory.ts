import { create } from 'zustand';
import type { PairMemory } from '../../core/types';
import type { MemoryUpdate } from '../../engine/tasks';

export interface MemoryState {
  /** What the pair that was used last takes on the GPU; null before one is ready, and where models run on no GPU. */
  readonly memory: PairMemory | null;
  readonly adapter: string;
}

export const useMemory = create<MemoryState>()(() => ({ memory: null, adapter: '' }));

export function receiveMemory({ memory, adapter }: MemoryUpdate): void {
  useMemory.setState({ memory, adapter });
}

/** What is gone takes nothing. */
export function forgetMemory(): void {
  useMemory.setState(useMemory.getInitialState());
}
