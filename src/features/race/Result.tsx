import { useMemo } from 'react';
import { heatSpeedups, LANES, type Lane, medianHeat, raceResult, spreadOf } from '../../core/modes/race';
import { isTied, SPEEDS } from '../../core/run/comparison';
import { speedupParts } from '../../core/run/speedupParts';
import { startOf, type Tally, tally } from '../../core/run/tally';
import { showHeat, useRace, WARM_UP_TOKENS } from '../../store/modes/race';
import { Choices } from '../../ui/Choices';
import { formatCount, formatRate, formatRatio, formatSeconds } from '../../ui/format';
import { clock } from '../../ui/texts/clock';
import { draftsAllTheSame } from '../../ui/texts/decoding';
import { race as words } from '../../ui/texts/race';
import { speeds } from '../../ui/texts/speeds';
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
  readonly finished: boolean;
}

function useFigures(lane: Lane): Side {
  const { events, runner } = useRunner(lane);
  const measuring = useRace(({ activity }) => activity !== 'idle');
  const counted = useMemo(() => tally(events.slice(0, runner.happened)), [events, runner.happened]);
  const finished = !measuring && runner.phase === 'ended';
  return { counted, finished };
}

const ROWS: readonly { readonly name: Exclude<keyof typeof words.table, 'caption'>; readonly value: (side: Side) => string }[] = [
  { name: 'wait', value: ({ counted, finished }) => secondsOrMissing(finished ? counted.waitMs : null) },
  { name: 'prompt', value: ({ counted }) => secondsOrMissing(counted.timeToFirstTokenMs) },
  { name: 'decode', value: ({ counted }) => secondsOrMissing(counted.rounds > 1 ? counted.decodeMs : null) },
  { name: 'tokens', value: ({ counted }) => formatCount(counted.committed) },
  { name: 'passes', value: ({ counted }) => formatCount(counted.passes) },
  { name: 'perPass', value: ({ counted }) => formatRatio(counted.meanAcceptanceLength) },
  { name: 'waitRate', value: ({ counted, finished }) => formatRate(finished ? counted.waitTokensPerSecond : null) },
  { name: 'decodingRate', value: ({ counted }) => formatRate(counted.tokensPerSecond) },
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

/** Both ratios, the texts compared, and how it was measured. */
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
          {result.comparison.tooCoarse ? <p>{clock.speed}</p> : null}
          <Speedups />
          <p data-output={result.comparison.output}>{words.output(result.comparison)}</p>
          {result.unequal ? <p>{words.lengths}</p> : null}
        </>
      ) : (
        <p>{speculative.length > 0 && plain.length > 0 ? words.notComparable : words.alone}</p>
      )}
      {heats.length > 1 ? (
        <>
          <Choices
            legend={words.heats}
            options={heats.map((each, i) => ({ value: String(i), label: words.heat(i + 1, heatSpeedups(each).decoding) }))}
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

/** How many times as fast speculation was, by both speeds, with their spread where there were several races. */
function Speedups() {
  const heat = useHeat();
  const heats = useRace((state) => state.heats);
  const comparison = useMemo(() => raceResult(heat)?.comparison, [heat]);
  const spreads = useMemo(() => spreadOf(heats), [heats]);
  const parts = useMemo(() => speedupParts(heat.runs.speculative, heat.runs.plain), [heat]);
  const recorded = useRace((state) => state.recorded);
  if (!comparison) return null;
  const { speedup, tokensPerSecond } = comparison;
  const isSlower = (ratio: number) => ratio < 1 && !isTied(ratio);
  const slower = speedup.decoding !== null && isSlower(speedup.decoding);
  const fixed = typeof startOf(heat.runs.speculative)?.settings.gamma === 'number';
  const both = SPEEDS.map((speed) => {
    const spread = spreads[speed];
    return speedup[speed] === null ? null : (
      <p className="race-speed" key={speed} data-speed={speed}>
        <b>{speeds.times(speedup[speed])}</b>
        <span>
          {words.speedOf(speed, tokensPerSecond)}
          {isSlower(speedup[speed]) ? ` ${words.slower}` : ''} {spread && spread.races > 1 ? words.spread(spread) : null}
        </span>
      </p>
    );
  });
  return (
    <>
      {both}
      {parts ? <p data-figure="parts">{speeds.parts(parts)}</p> : null}
      {slower && fixed && !recorded ? <p>{draftsAllTheSame}</p> : null}
    </>
  );
}
