import type { Calibration } from '../../core/cost/cost';
import { useCalibration, useTooCoarse } from '../../store/engine/calibration';
import { Chart, Lines } from '../../ui/chart';
import { FigureList } from '../../ui/FigureList';
import { formatCount, formatRate, formatRatio } from '../../ui/format';
import { costs as names } from '../../ui/texts';
import { clock } from '../../ui/texts/clock';
import { measure as words } from '../../ui/texts/measure';
import { costRows } from '../costs';
import type { Measured } from './useMeasured';

/** What the pair costs on this device, as figures and as a target pass by its rows; and on the machine that recorded the run. */
export function DeviceCosts({ measured: { figures, recorder } }: { readonly measured: Measured }) {
  const { measuring, failure } = useCalibration();
  const tooCoarse = useTooCoarse();
  const { here, there } = figures;
  return (
    <section className="measure-part" aria-labelledby="measure-costs">
      <h3 id="measure-costs">{words.costsHeading}</h3>
      {measuring ? <p role="status">{words.measuring}</p> : null}
      {failure && !measuring ? <p role="alert">{`${failure.message} ${failure.hint}`}</p> : null}
      {here ? (
        <div className="measure-pair" data-costs-of={here.costsOf}>
          <FigureList figures={costRows(here, formatRatio)} />
          {here.costs.coarse ? <p>{names.coarse}</p> : null}
          <VerifyChart costs={here.costs} />
        </div>
      ) : measuring ? null : (
        <p className="measure-missing">{tooCoarse ? clock.costs : words.unmeasured}</p>
      )}
      {there && recorder !== null ? (
        <div data-costs-of={there.costsOf}>
          <h4>{names.recorder(recorder)}</h4>
          <FigureList figures={costRows(there, formatRatio)} />
          {there.costs.coarse ? <p>{names.coarse}</p> : null}
        </div>
      ) : null}
    </section>
  );
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
