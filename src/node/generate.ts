/** foretoken generate */
import { addAbortSignal, type Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { randomSeed } from '../api/randomSeed';
import { systemMessageOf } from '../catalog/systemMessage';
import { LIMITS, SAMPLING } from '../core/declaredSettings';
import { FailureError } from '../core/failure';
import { DEFAULT_RUN, GREEDY } from '../core/settings';
import type { RunEvent, RunSettings } from '../core/types';
import type { RunTask } from '../engine/tasks';
import { runUpdates } from '../engine/updates';
import { flag, HELP_OPTION, number, optionLines, readOptions, text, type Values } from './options';
import { print, printError, printJson } from './output';
import { loadTelling } from './progress';
import { idleOption, MODEL_OPTIONS, openSession, type Session } from './session';
import { countsInWords, type Gain, gainInWords, gainOf, toldRun } from './terminal/counts';
import { legend, type Paint, paintRound, showsColours } from './terminal/paint';
import { usageError } from './usage';

/** Runs of each way for --compare. */
const REPEAT = 2;

const OPTIONS = {
  ...MODEL_OPTIONS,
  system: text('TEXT', 'the system message; by default the model’s own'),
  'max-tokens': number('N', { whole: true, min: 1, max: 1_000_000 }, 256, 'most tokens of the answer (default 256)'),
  temperature: number('T', LIMITS.temperature, 0, '0 to 2; 0 (default): always the most likely token'),
  'top-p': number('P', SAMPLING.topP, 1, 'draw from the most likely tokens that reach P together'),
  seed: number('N', { whole: true, min: 0 }, undefined, 'repeats a draw, whatever drafts; by default another\neach time'),
  plain: flag('decode plainly, without drafts'),
  'show-rejected': flag('show drafts that the target refused, struck through'),
  compare: flag('run both ways in turns; say whether the output is\nthe same, and what speculation gained'),
  repeat: number('N', { whole: true, min: 1, max: 100 }, undefined, `runs of each way for --compare (default ${REPEAT})`),
  json: flag('one JSON object instead of text'),
  help: HELP_OPTION,
};

export const GENERATE_USAGE = 'foretoken generate [options] "prompt"';

export const GENERATE_HELP = `${GENERATE_USAGE}

Writes what the target answers. A draft guesses ahead, and each token's colour
says what became of the guess:

  accepted    the draft guessed it, and the target agrees: it came almost free
  corrected   the draft guessed wrong, so the target wrote its own
  bonus       all guesses were right, and the target wrote one more

  foretoken generate "Count from 1 to 12."
  foretoken generate --compare "Count from 1 to 12."
  foretoken generate --target SmolLM2.gguf --draft ngram "Why is the sky blue?"
  echo "Count from 1 to 12." | foretoken generate > answer.txt

${optionLines(OPTIONS)}

The text goes to standard output, everything else to standard error. Ctrl+C
stops and tells the counts so far. NO_COLOR=1 leaves out the colours.`;

type GenerateValues = Values<typeof OPTIONS>;

/** @param stop ends the run under way. @throws FailureError; or the signal's reason before a run */
export async function generate(args: readonly string[], stop: AbortSignal): Promise<void> {
  const { values, rest } = readOptions(OPTIONS, args);
  if (values.help) return print(GENERATE_HELP);
  refuseWithoutEffect(values);
  const prompt = await promptOf(rest, stop);
  const session = await openSession(values, printError, stop);
  const computedBy = await loadTelling((report) => session.engine.load({ type: 'load', pair: session.pair }, report, stop));
  const idle = computedBy && idleOption(values, computedBy.backend);
  if (idle) printError(idle);
  if (values.system !== undefined && (await systemMessageOf(session.pair.target, session.storage)) === null)
    printError(`${session.pair.target.name} has no place for a system message: it does not see --system.`);
  const settings = settingsOf(values, session);
  const runs = new Runs(session, { prompt, ...(values.system === undefined ? {} : { system: values.system }) }, stop);
  if (values.json) await writeJson(values, settings, runs);
  else await writeText(values, settings, runs);
}

/** What an option says that has no effect beside another. @throws FailureError command-invalid */
function refuseWithoutEffect(values: GenerateValues): void {
  const { json, compare, repeat, temperature } = values;
  const plainly = values.plain ? '--plain' : values.draft === 'none' ? '--draft none' : null;
  if (compare && plainly) throw usageError('There is nothing to compare plain decoding with.', `Leave out --compare or ${plainly}.`);
  if (repeat !== undefined && !compare) throw withoutEffect('--repeat', 'without --compare', 'Add --compare, or leave it out.');
  if (json && values['show-rejected']) throw withoutEffect('--show-rejected', 'with --json', 'Leave one of them out.');
  if (values['top-p'] < 1 && temperature === 0) throw withoutEffect('--top-p', 'at temperature 0', 'Add --temperature, or leave it out.');
  if (values.seed !== undefined && temperature === 0)
    throw withoutEffect('--seed', 'at temperature 0', 'Add --temperature, or leave it out.');
  if (plainly === null) return;
  const ofDrafts = { draft: values.plain ? values.draft : undefined, method: values.method };
  const given = Object.entries({ ...ofDrafts, 'num-speculative-tokens': values['num-speculative-tokens'] !== 'auto' }).find(
    ([, set]) => set,
  );
  const [option] = given ?? (values['show-rejected'] ? ['show-rejected'] : []);
  if (option !== undefined) throw withoutEffect(`--${option}`, `with ${plainly}`, 'Leave one of them out.');
}

function withoutEffect(option: string, where: string, hint: string): FailureError {
  return usageError(`${option} has no effect ${where}.`, hint);
}

type Input = Readable & { readonly isTTY?: boolean };

/** What stands beside the options, or on standard input where nothing does. @throws FailureError command-invalid; or the signal's reason */
export async function promptOf(rest: readonly string[], stop: AbortSignal, input: Input = process.stdin): Promise<string> {
  const given = rest.length > 0 ? rest.join(' ') : input.isTTY ? '' : await readAll(addAbortSignal(stop, input));
  if (given.trim() === '')
    throw usageError('There is no prompt.', 'Write it behind the options, in quotation marks, or send it to standard input.');
  return given;
}

function settingsOf(values: GenerateValues, { drafting, gamma }: Session): RunSettings {
  // A draw that is to come again must depend on nothing else, as the lengths of drafts, which may depend on time.
  const rule = values.seed !== undefined || values.compare ? 'coupled' : 'rejection';
  const seed = values.seed ?? randomSeed();
  return {
    ...DEFAULT_RUN,
    mode: values.plain || drafting === null ? 'plain' : 'speculative',
    drafting: drafting ?? 'ngram',
    gamma,
    maxTokens: values['max-tokens'],
    sampling: { ...GREEDY, temperature: values.temperature, topP: values['top-p'], seed, rule },
  };
}

/** Runs of one prompt on one pair. */
class Runs {
  readonly #session: Session;
  readonly #asked: Pick<RunTask, 'prompt' | 'system'>;
  readonly #stop: AbortSignal;

  constructor(session: Session, asked: Pick<RunTask, 'prompt' | 'system'>, stop: AbortSignal) {
    this.#session = session;
    this.#asked = asked;
    this.#stop = stop;
  }

  get isStopped(): boolean {
    return this.#stop.aborted;
  }

  /** @returns its events, which `hear` is told as they come. @throws FailureError */
  async run(settings: RunSettings, hear: (event: RunEvent) => void = () => undefined): Promise<RunEvent[]> {
    const { engine, pair } = this.#session;
    const task = { type: 'run', pair, turns: [], ...this.#asked, settings, calibration: null } as const;
    const events: RunEvent[] = [];
    for await (const update of runUpdates(engine, task, this.#stop)) {
      if (update.type === 'progress' || update.type === 'computed-by' || update.type === 'memory') continue;
      events.push(update);
      hear(update);
      if (update.type === 'end' && update.reason === 'failed')
        throw new FailureError(update.failure.code, update.failure.message, update.failure.hint);
    }
    return events;
  }

  /** Speculative and plain runs in turns, each way first as often as the other, since machines grow warm and slow. */
  async compare(settings: RunSettings, first: readonly RunEvent[], repeat: number): Promise<Gain | null> {
    const plainly: RunSettings = { ...settings, mode: 'plain' };
    const pairs: [RunEvent[], RunEvent[]][] = [[[...first], await this.run(plainly)]];
    while (pairs.length < repeat && !this.isStopped) {
      const isSwapped = pairs.length % 2 === 1;
      const [a, b] = [await this.run(isSwapped ? plainly : settings), await this.run(isSwapped ? settings : plainly)];
      pairs.push(isSwapped ? [b, a] : [a, b]);
    }
    return this.isStopped ? null : gainOf(pairs);
  }
}

async function writeText(values: GenerateValues, settings: RunSettings, runs: Runs): Promise<void> {
  const paint: Paint = { colours: showsColours(process.stdout, process.env), rejected: values['show-rejected'] };
  const events = await runs.run(settings, (event) => {
    if (event.type === 'round') process.stdout.write(paintRound(event, paint));
  });
  process.stdout.write('\n');
  const key = settings.mode === 'speculative' ? legend({ ...paint, colours: showsColours(process.stderr, process.env) }) : '';
  console.error(`\n${key === '' ? '' : `${key}\n`}${runs.isStopped ? 'Stopped. ' : ''}${countsInWords(events)}`);
  const gain = values.compare && !runs.isStopped ? await runs.compare(settings, events, values.repeat ?? REPEAT) : null;
  if (gain) printError(`\n${gainInWords(gain)}`);
}

async function writeJson(values: GenerateValues, settings: RunSettings, runs: Runs): Promise<void> {
  const events = await runs.run(settings);
  const gain = values.compare && !runs.isStopped ? await runs.compare(settings, events, values.repeat ?? REPEAT) : null;
  printJson(toldRun(events, settings, gain));
}
