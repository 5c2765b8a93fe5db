import type { FailureError } from '../../../src/core/failure';
import { WARM_UP } from '../../../src/core/loop/warmUp';
import { DEFAULT_RUN } from '../../../src/core/settings';
import type { DeviceTimes, Proposal, RoundOutcome, RunSettings, Target, TokenId } from '../../../src/core/types';
import type { FakeLanguage } from '../../../src/model/fake';
import { slowPair, Time } from '../../support/slowPair';
import { tokenizerOf, WORDS } from '../../support/words';
import { aborted, FakePairs, type Models, pause } from './fakePairs';
import { PageEngine } from './pageEngine';

const LANGUAGE: FakeLanguage = { vocabularySize: WORDS.length, order: 2, seed: 3 };
const AGREEMENT: Readonly<Record<string, number>> = { draft: 0.8, 'weak-draft': 0.3, target: 1, general: 1 };

/** How a `FakeEngine` behaves; it may change between tasks. */
export interface FakeEngineOptions {
  stopTokens: ReadonlySet<TokenId>;
  /** Milliseconds between two reports of progress, and between two rounds. */
  pace: number;
  /** Rounds after which a run waits to be stopped; null: it goes on to its end. The round that it waits in is the last. */
  hold: number | null;
  /** How the next run fails after its third round. */
  failure: FailureError | null;
  /** Tokens that the models hold; a change of it counts once the models load again. */
  context: number;
}

/** The clocks of a browser and of its device. */
export interface Clocks {
  /** The browser's, as it reads the true time. */
  readonly browser: (time: Time) => () => number;
  /** What the device's makes of the true times of a round; null: it has none. */
  readonly device: (times: DeviceTimes) => DeviceTimes | null;
}

const FINE: Clocks = { browser: (time) => time.steps(0.1), device: () => null };

const DEFAULTS: FakeEngineOptions = { stopTokens: new Set(), pace: 0, hold: null, failure: null, context: 4096 };

/** The engine over a made-up pair whose work takes time, by clocks of any kind. */
export class FakeEngine extends PageEngine {
  readonly options: FakeEngineOptions;
  readonly #pairs: FakePairs;

  constructor(clocks: Clocks = FINE) {
    const options = { ...DEFAULTS };
    const { pairs, clock } = fakePairs(options, clocks);
    super(pairs, clock);
    this.options = options;
    this.#pairs = pairs;
  }

  /** The next task loads the models again. */
  forget(): void {
    this.#pairs.forget();
  }
}

/** Pairs of the made-up language, and the clock that their work moves. */
export function fakePairs(options = DEFAULTS, clocks = FINE): { pairs: FakePairs; clock: () => number } {
  const time = new Time();
  const models = (draft: string): Models => {
    const { drafter, target } = slowPair(time, LANGUAGE, options.context, clocks.device, { agreement: AGREEMENT[draft] ?? 0.5 });
    return { drafter, target: heldUp(target, options, pairs) };
  };
  const pairs = new FakePairs({
    ...{ models, tokenizer: tokenizerOf(WORDS), words: WORDS.length },
    ...{ stopTokens: () => options.stopTokens, pace: () => options.pace },
  });
  return { pairs, clock: clocks.browser(time) };
}

/** Has `target` take its time, wait or fail in a round, as `options` say. */
function heldUp(target: Target, options: FakeEngineOptions, pairs: FakePairs): Target {
  const [begin, verify] = [target.begin.bind(target), target.verify.bind(target)];
  // Every plain token is a round, so that a run can wait or fail at each.
  Object.assign(target, { decode: undefined });
  let rounds = 0;
  let isRun = false;
  let failure: FailureError | null = null;
  target.begin = async (settings: RunSettings, promptLength: number): Promise<void> => {
    // The rounds of a calibration or a warm-up belong to no run.
    isRun = settings !== DEFAULT_RUN && settings !== WARM_UP;
    if (isRun) [rounds, failure, options.failure] = [0, options.failure, null];
    return begin(settings, promptLength);
  };
  target.verify = async (history: readonly TokenId[], proposal: Proposal | null): Promise<RoundOutcome> => {
    await pause(options.pace);
    if (!isRun) return verify(history, proposal);
    if (rounds === options.hold) await aborted(pairs.signal);
    rounds++;
    if (failure && rounds > 3) throw failure;
    const lost = failure;
    // A run that waits for a person hears of it, too, once its round is told.
    if (lost && rounds === 3) setTimeout(() => pairs.fail(lost));
    return verify(history, proposal);
  };
  return target;
}
