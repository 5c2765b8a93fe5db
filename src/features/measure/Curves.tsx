import { useTooCoarse } from '../../store/engine/calibration';
import type { LabelledPoint } from '../../ui/chart';
import { formatCount, formatRatio, formatShare } from '../../ui/format';
import { clock } from '../../ui/texts/clock';
import { measure as words } from '../../ui/texts/measure';
import { RunChart } from './RunChart';
import { SpeedCurves } from './SpeedCurves';
import type { Measured } from './useMeasured';

/** Speedup over acceptance by the measured costs, with this run's place in it: as expected, and as measured where that is known. */
export function Curves({ measured }: { readonly measured: Measured }) {
  const { start, figures, comparison } = measured;
  const { lead, counts } = figures;
  const tooCoarse = useTooCoarse();
  const drafted = lead?.tokens != null;
  return (
    <section className="measure-part" aria-labelledby="measure-curves">
      <h3 id="measure-curves">{words.curvesHeading}</h3>
      {lead ? (
        <RunChart name="foretoken-curves" start={start}>
          <SpeedCurves
            title={words.curvesTitle}
            note={words.curvesNote(formatCount(lead.context), lead.costsOf === 'recorder' ? 'there' : 'here')}
            costs={lead.costs}
            context={lead.context}
            gamma={drafted ? lead.gamma : null}
            points={[
              ...evenOf(drafted ? lead.breakEven : null),
              ...(counts.acceptanceRate === null
                ? []
                : pointsOf(counts.acceptanceRate, lead.predicted, comparison?.speedup.decoding ?? null)),
            ]}
          />
        </RunChart>
      ) : (
        <p className="measure-missing">{tooCoarse ? clock.costs : words.unmeasured}</p>
      )}
    </section>
  );
}

/** The device's own point: from where on the run's draft length pays. */
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
