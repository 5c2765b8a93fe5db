import { clockStep, steadyClock } from '../../../src/core/clock';
import { calibrate } from '../../../src/core/cost/calibrate';
import { type AskPerson, PersonDrafter } from '../../../src/core/loop/person';
import { speculate } from '../../../src/core/loop/speculate';
import type { DeviceTimes } from '../../../src/core/types';
import type { Task, Update } from '../../../src/engine/tasks';
import type { EngineConnection } from '../../../src/store/engine/connection';
import { PAIR_COSTS, slowPair, Time } from '../../support/slowPair';
import { tokenizerOf, WORDS } from '../../support/words';
import { progressOf } from './fakeEngine';

const TOKENIZER = tokenizerOf(WORDS);
const LANGUAGE = { vocabularySize: WORDS.length, order: 2, seed: 3 };
const AGREEMENT: Readonly<Record<string, number>> = { draft: 0.8, 'weak-draft': 0.3, target: 1 };

/** The clocks of a browser and of its device. */
export interface Clocks {
  /** The browser's, as it reads the true time. */
  readonly browser: (time: Time) => () => number;
  /** What the device's makes of the true times of a round; null: it has none. */
  readonly device: (times: DeviceTimes) => DeviceTimes | null;
}

/** The real loop and the real calibration over made-up models whose work takes time, by clocks of any kind. */
export class SlowEngine implements EngineConnection {
  readonly #clocks: Clocks;
  readonly #time = new Time();

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
  }

  async *send(task: Task, signal: AbortSignal = new AbortController().signal, ask: AskPerson = async () => null): AsyncGenerator<Update> {
    yield* progressOf(task.selection.draft);
    if (task.type === 'load') return;
    const source = this.#clocks.browser(this.#time);
    const clockStepMs = clockStep(steadyClock(source));
    const clock = steadyClock(source);
    const agreement = AGREEMENT[task.selection.draft] ?? 0.5;
    const { drafter, target } = slowPair(this.#time, LANGUAGE, 1024, this.#clocks.device, { agreement });
    const readbackMs = clockStepMs < PAIR_COSTS.readback ? PAIR_COSTS.readback : null;
    if (task.type === 'calibrate') {
      const calibration = await calibrate(drafter, target, { clock, clockStepMs, readbackMs, signal });
      yield { type: 'calibration', adapter: 'memory', calibration };
      return;
    }
    const { prompt, settings, calibration } = task;
    const person = new PersonDrafter(drafter.capabilities, TOKENIZER, ask, clock);
    const drafts = settings.mode === 'plain' ? null : settings.drafting === 'person' ? person : drafter;
    yield* speculate(drafts, target, {
      ...{ prompt, promptIds: [3, 4, 5], settings, stopTokens: new Set<number>(), detokenizer: TOKENIZER, signal },
      labels: { target: 'target', draft: drafts && task.selection.draft, adapter: 'memory' },
      ...{ clock, clockStepMs, calibration, readbackMs },
    });
  }
}
