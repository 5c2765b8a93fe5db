import { useState } from 'react';
import { type Failure, toFailure } from '../../../core/failure';
import { type Comparison, compareRuns } from '../../../core/run/comparison';
import { tally } from '../../../core/run/tally';
import type { RunEvent } from '../../../core/types';
import { PROMPTS, type PromptId, readWay, settingsOf, type Way } from '../../../lessons/exercises';
import { occupy, useWork } from '../../../store/engine/work';
import { collectRun } from '../../../store/run/request';
import { showRun } from '../../../store/run/run';
import { Button } from '../../../ui/Button';
import { FailureNotice } from '../../../ui/FailureNotice';
import { formatCount, formatRate, formatRatio, formatShare } from '../../../ui/format';
import { live, trials as words } from '../../../ui/texts/live';
import { LivePart, WorkLine } from './LivePart';
import { trialFinding } from './trialFinding';

interface TrialsProps {
  /** Names of `PROMPTS`, apart by blanks. */
  readonly prompts: string;
  /** As `readWay` reads them, apart by blanks; the first is what the others are compared with. */
  readonly ways: string;
  readonly tokens: number;
}

interface Trial {
  readonly prompt: PromptId;
  readonly way: Way;
  /** The trial of the same prompt that it is compared with. */
  readonly reference: number;
}

type State = 'idle' | 'running' | 'done' | 'stopped';

/** A small experiment: every prompt every way, one after another, and what became of each. */
export function Trials({ prompts, ways, tokens }: TrialsProps) {
  const trials = trialsOf(prompts, ways);
  const [runs, setRuns] = useState<readonly (readonly RunEvent[] | null)[]>([]);
  const [state, setState] = useState<State>('idle');
  const [failure, setFailure] = useState<Failure | null>(null);
  const busy = useWork((work) => work.current !== null);

  const run = () =>
    occupy('lesson', async (signal) => {
      setState('running');
      setFailure(null);
      setRuns([]);
      try {
        // A run before the ones that count: the first one makes pipelines and fills caches.
        const [first] = trials;
        if (first) await collectRun(requestOf(first, WARM_UP_TOKENS), signal);
        for (const trial of trials) {
          const events = await collectRun(requestOf(trial, tokens), signal);
          const end = events.at(-1);
          if (end?.type === 'end' && end.reason === 'failed') setFailure(end.failure);
          if (signal.aborted || end?.type !== 'end' || end.reason === 'failed' || end.reason === 'aborted') break;
          setRuns((before) => [...before, events]);
        }
      } catch (thrown) {
        const thrownFailure = toFailure(thrown);
        if (!signal.aborted) setFailure(thrownFailure);
      }
      setState(signal.aborted ? 'stopped' : 'done');
    });

  return (
    <LivePart name={live.names.trials(prompts)} wide>
      <div className="live-bar">
        <Button look="primary" disabled={busy} onPress={() => void run()}>
          {state === 'idle' ? words.run(trials.length) : words.again}
        </Button>
        <p role="status" className="live-note">
          {state === 'running'
            ? words.running(runs.length, trials.length)
            : state === 'stopped'
              ? words.stopped
              : state === 'done'
                ? words.done
                : ''}
        </p>
        <WorkLine working={state === 'running'} />
      </div>
      {failure ? <FailureNotice failure={failure} /> : null}
      <Results name={words.title(prompts)} trials={trials} runs={runs} />
      <p className="live-finding" role="status">
        {state === 'done' && runs.length === trials.length ? findingOf(trials, runs) : ''}
      </p>
    </LivePart>
  );
}

const WARM_UP_TOKENS = 8;

function requestOf({ prompt, way }: Trial, tokens: number) {
  return { prompt: PROMPTS[prompt].prompt, ...settingsOf(way, tokens) };
}

function trialsOf(prompts: string, ways: string): Trial[] {
  const each = ways.split(' ').map(readWay);
  return prompts.split(' ').flatMap((name, i) => {
    if (!(name in PROMPTS)) throw new RangeError(`"${name}" is not a prompt of the lessons`);
    return each.map((way) => ({ prompt: name as PromptId, way, reference: i * each.length }));
  });
}

interface ResultsProps {
  readonly name: string;
  readonly trials: readonly Trial[];
  readonly runs: readonly (readonly RunEvent[] | null)[];
}

function Results({ name, trials, runs }: ResultsProps) {
  const { columns } = words;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keys too
    <section className="live-table" aria-label={name} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {Object.entries(columns).map(([key, name]) => (
              <th key={key} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {trials.map((trial, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: trials never change places
          <tbody key={i}>
            {trial.reference === i ? (
              <tr className="live-table-prompt">
                <th colSpan={Object.keys(columns).length} scope="rowgroup">
                  {PROMPTS[trial.prompt].name}: <span>“{PROMPTS[trial.prompt].prompt}”</span>
                </th>
              </tr>
            ) : null}
            <Row trial={trial} events={runs[i] ?? null} reference={runs[trial.reference] ?? null} />
          </tbody>
        ))}
      </table>
    </section>
  );
}

interface RowProps {
  readonly trial: Trial;
  readonly events: readonly RunEvent[] | null;
  readonly reference: readonly RunEvent[] | null;
}

function Row({ trial, events, reference }: RowProps) {
  const busy = useWork((work) => work.current !== null);
  const name = words.way(trial.way);
  if (!events) {
    return (
      <tr>
        <th scope="row">{name}</th>
        <td colSpan={Object.keys(words.columns).length - 1} className="live-note">
          {words.waiting}
        </td>
      </tr>
    );
  }
  const { tokensPerSecond, acceptanceRate, acceptedOverDrafted, meanAcceptanceLength, timeToFirstTokenMs } = tally(events);
  const rate = reference ? tally(reference).tokensPerSecond : null;
  const speed = rate !== null && tokensPerSecond !== null ? tokensPerSecond / rate : null;
  const plain = trial.way.kind === 'plain';
  const output: Comparison['output'] | 'reference' = events === reference ? 'reference' : outputOf(events, reference);
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{formatRate(tokensPerSecond)}</td>
      <td>
        {speed !== null && !plain ? (
          <span className="live-speed" data-won={speed > 1 || undefined}>
            {formatRatio(speed)}
          </span>
        ) : (
          formatRatio(speed)
        )}
      </td>
      <td>{formatShare(acceptanceRate)}</td>
      <td>{formatShare(acceptedOverDrafted)}</td>
      <td>{formatRatio(meanAcceptanceLength)}</td>
      <td>{formatCount(timeToFirstTokenMs)}</td>
      <td>{words.outputs[output]}</td>
      <td>
        <Button look="quiet" disabled={busy} name={words.stepThrough(name, PROMPTS[trial.prompt].name)} onPress={() => stepThrough(events)}>
          {words.step}
        </Button>
      </td>
    </tr>
  );
}

/** What the runs came to, in sentences. A lesson's text says no more of its own runs than these figures do. */
function findingOf(trials: readonly Trial[], runs: readonly (readonly RunEvent[] | null)[]): string {
  const outcomes = trials.map(({ prompt, way, reference }, i) => ({
    name: `${PROMPTS[prompt].name.toLowerCase()} (${words.way(way)})`,
    plain: way.kind === 'plain',
    ...{ events: runs[i] ?? [], reference: runs[reference] ?? [] },
  }));
  return trialFinding(outcomes);
}

/** Shows a trial where every step of it can be looked at. */
function stepThrough(events: readonly RunEvent[]): void {
  showRun(events);
  location.hash = '#step';
}

function outputOf(events: readonly RunEvent[], reference: readonly RunEvent[] | null): Comparison['output'] {
  return (reference && compareRuns(events, reference)?.output) ?? 'different';
}
