import { breakEven, type Calibration, costRatio, draftMs, verifyMs, verifyRatio } from '../../core/cost';
import { useCalibration, useTooCoarse } from '../../store/calibration';
import { Chart, Lines } from '../../ui/chart';
import { type Figure, FigureList } from '../../ui/FigureList';
import { formatCount, formatRate, formatRatio, formatShare } from '../../ui/format';
import { costs as names } from '../../ui/texts';
import { clock } from '../../ui/texts/clock';
import { measure as words } from '../../ui/texts/measure';

interface DeviceCostsProps {
  readonly costs: Calibration | null;
  readonly context: number;
}

/** What the chosen pair costs on this device: as figures, and a target pass by its rows. */
export function DeviceCosts({ costs, context }: DeviceCostsProps) {
  const { measuring, failure } = useCalibration();
  const tooCoarse = useTooCoarse();
  return (
    <section className="measure-part" aria-labelledby="measure-costs">
      <h3 id="measure-costs">{words.costsHeading}</h3>
      {measuring ? <p role="status">{words.measuring}</p> : null}
      {failure && !measuring ? <p role="alert">{`${failure.message} ${failure.hint}`}</p> : null}
      {costs ? (
        <div className="measure-pair">
          <FigureList figures={figuresOf(costs, context)} />
          <VerifyChart costs={costs} />
        </div>
      ) : measuring ? null : (
        <p className="measure-missing">{tooCoarse ? clock.costs : words.unmeasured}</p>
      )}
    </section>
  );
}

/** Draft length that ratios and break-even are given for. */
const GAMMA = 4;

function figuresOf(costs: Calibration, context: number): Figure[] {
  const even = breakEven(costs, GAMMA, context);
  const ms = (value: number) => names.milliseconds(formatRatio(value));
  const [draft, verify] = [formatRatio(costRatio(costs, context)), formatRatio(verifyRatio(costs, GAMMA, context))];
  return [
    { key: 'decode', name: names.decode, note: words.atContext(formatCount(context)), value: ms(verifyMs(costs, 1, context)) },
    { key: 'draft', name: names.draft, note: names.draftNote(draft), value: ms(draftMs(costs, context)) },
    { key: 'verify', name: names.verify(GAMMA + 1), note: names.verifyNote(GAMMA, verify), value: ms(verifyMs(costs, GAMMA + 1, context)) },
    { key: 'fixed', name: names.fixed, note: names.fixedNote, value: ms(costs.roundFixedMs) },
    { key: 'fixedPlain', name: words.fixedPlain, value: ms(costs.plainFixedMs) },
    { key: 'readback', name: words.readback, value: ms(costs.readbackMs) },
    { key: 'breakEven', name: names.breakEven(GAMMA), value: even === null ? names.never : formatShare(even) },
  ];
}

const LOOKS = ['accepted', 'corrected', 'bonus'] as const;

function VerifyChart({ costs: { rows, contexts, verifyMs: times } }: { readonly costs: Calibration }) {
  const most = rows.at(-1) ?? 1;
  const one = times[0]?.[0] ?? 0;
  const highest = Math.max(0, ...times.flat());
  const series = times.map((byRows, i) => ({
    name: words.atContext(formatCount(contexts[i] ?? null)),
    look: LOOKS[i % LOOKS.length] ?? 'accepted',
    points: byRows.map((y, row) => ({ x: rows[row] ?? 0, y })),
  }));
  const apart = { name: words.apart, look: 'soft', points: [1, most].map((x) => ({ x, y: x * one })) } as const;
  const ms = (value: number | undefined) => names.milliseconds(formatRatio(value ?? null));
  return (
    <Chart
      title={words.verifyTitle}
      note={words.verifyNote}
      description={words.verifyDescription(ms(one), ms(times[0]?.at(-1)), formatCount(most))}
      x={{ label: words.rows, domain: [1, most], ticks: rows, format: formatCount }}
      y={{ label: words.time, unit: words.milliseconds, domain: [0, highest], nice: true, format: highest < 5 ? formatRate : formatCount }}
      table={{
        columns: [words.rows, ...series.map(({ name }) => name)],
        rows: rows.map((row, i) => [formatCount(row), ...times.map((byRows) => ms(byRows[i]))]),
      }}
      keys={[
        ...series.map(({ name, look }) => ({ name, look, mark: 'line' as const })),
        { name: apart.name, look: apart.look, mark: 'line' as const },
      ]}
    >
      <Lines series={[apart]} />
      <Lines series={series} dots />
    </Chart>
  );
}
