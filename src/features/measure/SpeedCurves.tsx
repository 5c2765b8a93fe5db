import { useMemo } from 'react';
import { type Calibration, predictedSpeedup } from '../../core/cost/cost';
import { Chart, type LabelledPoint, Lines, type Look, Points, ReferenceLine } from '../../ui/chart';
import { formatRatio, formatShare } from '../../ui/format';
import { measure as words } from '../../ui/texts/measure';

/** Draft lengths that are drawn, each with a look of its own; the one that matters besides. */
const LENGTHS: readonly { readonly gamma: number; readonly look: Look }[] = [
  { gamma: 1, look: 'soft' },
  { gamma: 2, look: 'corrected' },
  { gamma: 4, look: 'accepted' },
  { gamma: 8, look: 'rejected' },
  { gamma: 16, look: 'bonus' },
];
const STEPS = 40;
const MOST = 6;

interface SpeedCurvesProps {
  readonly title: string;
  readonly note: string;
  readonly costs: Calibration;
  readonly context: number;
  /** The draft length that is drawn strong; null: none is. */
  readonly gamma: number | null;
  readonly points: readonly LabelledPoint[];
}

/** Predicted speedup over the acceptance rate, a curve for every draft length. */
export function SpeedCurves({ title, note, costs, context, gamma, points }: SpeedCurvesProps) {
  const series = useMemo(() => {
    const drawn = gamma === null || LENGTHS.some((each) => each.gamma === gamma) ? LENGTHS : [...LENGTHS, { gamma, look: 'ink' as const }];
    return drawn.map((each) => ({
      name: words.gamma(each.gamma),
      look: each.look,
      strong: each.gamma === gamma,
      points: Array.from({ length: STEPS + 1 }, (_, i) => ({
        x: i / STEPS,
        y: predictedSpeedup(costs, i / STEPS, each.gamma, context),
      })),
    }));
  }, [costs, context, gamma]);
  const highest = Math.max(1.2, ...series.map(({ points: curve }) => curve.at(-1)?.y ?? 0), ...points.map(({ y }) => y));
  const at = [0, 0.2, 0.4, 0.6, 0.8, 0.9, 1];
  const best = series.reduce((a, b) => ((b.points.at(-1)?.y ?? 0) > (a.points.at(-1)?.y ?? 0) ? b : a));
  return (
    <Chart
      title={title}
      note={note}
      description={words.curvesDescription(`${best.name}: ${formatRatio(best.points.at(-1)?.y ?? null)} × at ${formatShare(1)}.`)}
      x={{ label: words.acceptanceRate, domain: [0, 1], ticks: [0, 0.2, 0.4, 0.6, 0.8, 1], format: formatShare }}
      y={{ label: words.speedup, unit: words.unitTimes, domain: [0, Math.min(MOST, highest)], nice: true, format: formatRatio }}
      table={{
        columns: [words.acceptanceRate, ...series.map(({ name }) => name)],
        rows: at.map((rate) => [
          formatShare(rate),
          ...series.map(({ points: curve }) => words.thisPoint(formatRatio(curve[Math.round(rate * STEPS)]?.y ?? null))),
        ]),
      }}
      labelRoom={5.2}
      aspect={0.5}
    >
      <ReferenceLine y={1} label={words.asPlain} />
      <Lines series={series} labelled />
      <Points points={points} />
    </Chart>
  );
}
