import { conditionsOf } from '../../core/run/exports';
import { startOf } from '../../core/run/tally';
import type { MeasuredRun } from '../../core/study/experiment';
import type { WorksheetRow } from '../../core/study/worksheet';
import { currentVersions } from '../../store/page/versions';
import { ChartDownload } from '../../ui/ChartDownload';
import { Bars, Chart, type Look, ReferenceLine } from '../../ui/chart';
import { formatRatio } from '../../ui/format';
import { experiment } from '../../ui/texts/experiment';
import { exports } from '../../ui/texts/exports';
import { useVariantName } from './variantName';

const words = experiment.findings;
const LOOKS: readonly Look[] = ['ink', 'accepted'];

interface SpeedupChartProps {
  readonly rows: readonly WorksheetRow[];
  /** What the rows were made of. */
  readonly measured: readonly MeasuredRun[];
}

/** The speedup of every way: by kind of text while the ways are few, otherwise over all texts together. */
export function SpeedupChart({ rows, measured }: SpeedupChartProps) {
  const nameOf = useVariantName();
  const speculative = rows.filter(({ variant }) => variant !== null);
  const ways = [...new Set(speculative.map(({ variant }) => nameOf(variant)))];
  const few = ways.length <= LOOKS.length;
  const kinds = [...new Set(speculative.map(({ kind }) => kind))];
  const bands = few ? kinds.map((kind) => experiment.kinds[kind]) : ways;
  const speedAt = (kind: WorksheetRow['kind'], way: string) =>
    speculative.find((row) => row.kind === kind && nameOf(row.variant) === way)?.speedup.wait?.mean ?? null;
  const series = few
    ? ways.map((way, i) => ({ name: way, look: LOOKS[i] ?? 'ink', values: kinds.map((kind) => speedAt(kind, way)) }))
    : [{ name: experiment.kinds.all, look: 'ink' as const, values: ways.map((way) => speedAt('all', way)) }];
  const values = series.flatMap((each) => each.values).filter((value) => value !== null);
  const start = startOf(measured[0]?.events ?? []);
  const caption = start ? exports.caption(ways, conditionsOf(start), currentVersions()) : [];
  return (
    <ChartDownload name="foretoken-speedup" caption={caption}>
      <Chart
        title={words.chart}
        note={words.chartNote}
        description={words.chartDescription(bands.join(', '))}
        x={{ label: words.speedAxis, unit: '×', domain: [0, Math.max(1.2, ...values)], nice: true, format: formatRatio }}
        y={{ label: few ? words.kindAxis : words.wayAxis, bands }}
        aspect={0.62}
        least={Math.max(17, 9 + 1.4 * bands.length * series.length)}
        keys={few ? series.map(({ name, look }) => ({ name, look, mark: 'bar' as const })) : []}
        labelRoom={3}
        table={{
          columns: [few ? words.kindAxis : words.wayAxis, ...series.map(({ name }) => name)],
          rows: bands.map((band, b) => [band, ...series.map((each) => formatRatio(each.values[b] ?? null))]),
        }}
      >
        <Bars series={series} bands={bands} label={(value) => formatRatio(value)} />
        <ReferenceLine x={1} label="" />
      </Chart>
    </ChartDownload>
  );
}
