import type { CachedModel, RunSettings, StopSignal, TokenId } from '../../core/types';
import type { TokenGrammar } from '../grammar';
import type { Forward } from './port';

/** Most tokens of one forward, and between two looks at the stop signal. */
const PASS_LENGTH = 20;

/** What the run under way of a pair is held to; its target sets it, and its draft reads it. */
export interface HeldRun {
  /** null where no format was asked for. */
  grammar: TokenGrammar | null;
}

/** One model on the CPU, as one side of the loop sees it. */
export abstract class CpuModel implements CachedModel {
  protected readonly forward: Forward;

  constructor(forward: Forward) {
    this.forward = forward;
  }

  get capabilities() {
    const { vocabularySize, contextLength } = this.forward;
    return { vocabularySize, contextLength, passLength: PASS_LENGTH };
  }

  get cachedLength(): number {
    return this.forward.length;
  }

  async prefill(tokens: readonly TokenId[], signal: StopSignal): Promise<void> {
    while (this.forward.length < tokens.length && !signal.aborted) {
      this.forward.forward(tokens.slice(this.forward.length, this.forward.length + PASS_LENGTH), 'last-row');
      await heard();
    }
  }

  abstract begin(settings: RunSettings, promptLength: number): Promise<void>;

  truncate(length: number): void {
    this.forward.truncate(length);
  }
}

/** Lets a worker that computes without a pause receive messages, such as Stop. */
export function heard(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
