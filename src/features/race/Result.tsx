import { useMemo } from 'react';
import { finishOf, LANES, type Lane, medianHeat, raceResult, speedOf } from '../../core/race';
import { type Tally, tally } from '../../core/tally';
import { showHeat, useRace, WARM_UP_TOKENS } from '../../store/race';
import { Choices } from '../../ui/Choices';
import { formatCount, formatRate, formatRatio, formatSeconds } from '../../ui/format';
import { clock } from '../../ui/texts/clock';
import { race as words } from '../../ui/texts/race';
import { useHeat, useRunner } from './useRunners';

/** What came of the race: figures at the shown moment, and the verdict once both are at their end. */
export function Result() {
  const speculative = useFigures('speculative');
  const plain = useFigures('plain');
  const done = speculative.finished && plain.finished;
  return (
    <div className="race-result">
      <FigureTable sides={{ speculative, plain }} />
      <div className="race-verdict" data-done={done || undefined}>
        {done ? <Verdict /> : null}
      </div>
    </div>
  );
}

interface Side {
  readonly counted: Tally;
  readonly finishMs: number | null;
  readonly finished: boolean;
}

function useFigures(lane: Lane): Side {
  const { events, runner } = useRunner(lane);
  const measuring = useRace(({ activity }) => activity !== 'idle');
  const counted = useMemo(() => tally(events.slice(0, runner.happened)), [events, runner.happened]);
  const finished = !measuring && runner.phase === 'ended';
  return { counted, finished, finishMs: finished ? finishOf(events) : null };
}

const ROWS: readonly { readonly name: Exclude<keyof typeof words.table, 'caption'>; readonly value: (side: Side) => string }[] = [
  { name: 'finish', value: ({ finishMs }) => secondsOrMissing(finishMs) },
  { name: 'prompt', value: ({ counted }) => secondsOrMissing(counted.timeToFirstTokenMs) },
  { name: 'decode', value: ({ counted }) => secondsOrMissing(counted.rounds > 1 ? counted.decodeMs : null) },
  { name: 'tokens', value: ({ counted }) => formatCount(counted.committed) },
  { name: 'passes', value: ({ counted }) => formatCount(counted.rounds) },
  { name: 'perPass', value: ({ counted }) => formatRatio(counted.meanAcceptanceLength) },
  { name: 'rate', value: ({ counted }) => formatRate(counted.tokensPerSecond) },
];

function secondsOrMissing(ms: number | null): string {
  return ms === null ? formatCount(null) : formatSeconds(ms);
}

function FigureTable({ sides }: { readonly sides: Readonly<Record<Lane, Side>> }) {
  return (
    <table className="race-figures">
      <caption className="visually-hidden">{words.table.caption}</caption>
      <thead>
        <tr>
          <td />
          {LANES.map((lane) => (
            <th key={lane} scope="col">
              {words.lanes[lane]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {ROWS.map(({ name, value }) => (
          <tr key={name} data-figure={name}>
            <th scope="row">{words.table[name]}</th>
            {LANES.map((lane) => (
              <td key={lane} data-lane={lane}>
                {value(sides[lane])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The ratio, the texts compared, and how it was measured. */
function Verdict() {
  const heat = useHeat();
  const heats = useRace((state) => state.heats);
  const shown = useRace((state) => state.shown);
  const recorded = useRace((state) => state.recorded);
  const result = useMemo(() => raceResult(heat), [heat]);
  const { speculative, plain } = heat.runs;
  return (
    <>
      {result ? (
        <>
          {result.comparison.tooCoarse ? (
            <p>{clock.speed}</p>
          ) : result.comparison.speed === null ? null : (
            <p className="race-speed">
              <b>{words.speed(result.comparison.speed)}</b>
              <span>
                {words.speedOf(result.comparison.tokensPerSecond.speculative, result.comparison.tokensPerSecond.plain)}
                {result.comparison.speed < 1 ? ` ${words.slower}` : ''}
              </span>
            </p>
          )}
          <p data-output={result.comparison.output}>{words.output(result.comparison)}</p>
          <p>
            {result.sooner === null
              ? result.unequal
                ? words.lengths
                : null
              : words.sooner(result.sooner, finishOf(speculative) ?? 0, finishOf(plain) ?? 0)}
          </p>
        </>
      ) : (
        <p>{speculative.length > 0 && plain.length > 0 ? words.notComparable : words.alone}</p>
      )}
      {heats.length > 1 ? (
        <>
          <Choices
            legend={words.heats}
            options={heats.map((each, i) => ({ value: String(i), label: words.heat(i + 1, speedOf(each)) }))}
            value={String(shown)}
            onChange={(value) => showHeat(Number(value))}
          />
          <p className="race-how">{medianHeat(heats) === shown ? words.median(heats.length) : null}</p>
        </>
      ) : null}
      <p className="race-how">
        {recorded || heat.first === null ? words.recorded : `${words.order(heat.first)} ${words.warmUp(WARM_UP_TOKENS)}`}
      </p>
    </>
  );
}
