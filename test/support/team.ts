import type { Thread, ThreadEvents, ThreadSetup, Threads } from '../../src/model/cpu/wasm/thread';
import { nodeThreads } from '../../src/node/threads';

/** Threads of Node that a person chose, and when all of them have begun. */
export class Team implements Threads {
  readonly areChosen = true;
  /** Those that have begun. */
  heard = 0;
  readonly #starting: Promise<void>[] = [];

  constructor(readonly count: number) {}

  readonly start = (setup: ThreadSetup, events: ThreadEvents): Thread => {
    let begun: () => void = () => undefined;
    this.#starting.push(
      new Promise((resolve) => {
        begun = resolve;
      }),
    );
    return nodeThreads(this.count).start(setup, {
      ...events,
      begun: () => {
        events.begun();
        this.heard++;
        begun();
      },
    });
  };

  async begun(): Promise<void> {
    await Promise.all(this.#starting);
  }
}
