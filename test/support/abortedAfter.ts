import type { StopSignal } from '../../src/core/types';

/** A signal that is aborted once it has been looked at `looks` times. */
export function abortedAfter(looks: number): StopSignal {
  let left = looks;
  return {
    get aborted() {
      return left-- <= 0;
    },
  };
}
