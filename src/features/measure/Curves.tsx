import { breakEven } from '../../core/cost';
import { explainedSpeedup } from '../../core/pricing';
import { usualGamma } from '../../core/runAcceptance';
import { useTooCoarse } from '../../store/calibration';
import type { LabelledPoint } from '../../ui/chart';
import { formatCount, formatRatio, formatShare } from '../../ui/format';
import { clock } from '../../ui/texts/clock';
import { measure as words } from '../../ui/texts/measure';
import { Figure } from './Figure';
import { SpeedCurves } from './SpeedCurves';
import type { Measured } from './useMeasured';

/** Speedup over acceptance by the measured costs, with this run's place in it: as expected, and as measured where that is known. */
export function Curves({ measured }: { readonly measured: Measured }) {
  const { events, start, costs, context, acceptanceRate, comparison } = measured;
  const gamma = usualGamma(events);
  const tooCoarse = useTooCoarse();
  return (
    <section className="measure-part" aria-labelledby="measure-curves">
      <h3 id="measure-curves">{words.curvesHeading}</h3>
      {costs ? (
        <Figure name="foretoken-curves" start={start}>
          <SpeedCurves
            title={words.curvesTitle}
            note={words.curvesNote(formatCount(context))}
            costs={costs}
            context={context}
            gamma={gamma}
            points={[
              ...evenOf(gamma === null ? null : breakEven(costs, gamma, context)),
              ...(acceptanceRate === null ? [] : pointsOf(acceptanceRate, explainedSpeedup(events, costs), comparison?.speed ?? null)),
            ]}
          />
        </Figure>
      ) : (
        <p className="measure-missing">{tooCoarse ? clock.costs : words.unmeasured}</p>
      )}
    </section>
  );
}

/** This device's own point: from where on the run's draft length pays. */
function evenOf(rate: number | null): LabelledPoint[] {
  return rate === null ? [] : [{ x: rate, y: 1, look: 'soft', label: words.evenPoint(formatShare(rate)), below: true }];
}

function pointsOf(x: number, expected: number | null, speed: number | null): LabelledPoint[] {
  const points: LabelledPoint[] = [];
  // The lower one has its label below it, so that the two stay apart.
  const fell = expected !== null && speed !== null && speed < expected;
  if (expected !== null)
    points.push({ x, y: expected, look: 'soft', label: words.runExpected(formatRatio(expected)), below: speed !== null && !fell });
  if (speed !== null) points.push({ x, y: speed, look: 'ink', label: words.runMeasured(formatRatio(speed)), below: fell });
  return points;
}
