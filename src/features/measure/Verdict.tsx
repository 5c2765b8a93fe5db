import { useMemo } from 'react';
import { measureCosts } from '../../actions/measureCosts';
import { prove } from '../../actions/prove';
import { stop } from '../../actions/stop';
import { adviceOf } from '../../core/advice';
import { explainedSpeedup } from '../../core/pricing';
import { useTooCoarse } from '../../store/calibration';
import { ActionButton } from '../../ui/ActionButton';
import { clock } from '../../ui/texts/clock';
import { measure as words } from '../../ui/texts/measure';
import type { Measured } from './useMeasured';

/** Whether speculation pays for this run on this device, why, and what was really measured. */
export function Verdict({ measured }: { readonly measured: Measured }) {
  const { events, start, costs, context, rates, acceptanceRate, comparison } = measured;
  const advice = useMemo(() => costs && adviceOf(costs, rates ?? 1, context), [costs, rates, context]);
  const expected = useMemo(() => (costs ? explainedSpeedup(events, costs) : null), [events, costs]);
  const speed = comparison?.speed ?? null;
  const tooCoarse = useTooCoarse();
  return (
    <section className="measure-part" aria-labelledby="measure-verdict">
      <div className="measure-bar">
        <h3 id="measure-verdict">{words.verdictHeading}</h3>
        <div className="measure-do">
          <ActionButton action={stop} look="small" showKeys />
          <ActionButton action={measureCosts} look="small" />
        </div>
      </div>
      {advice ? (
        <p className="measure-verdict" data-advice={rates === null ? 'open' : advice.code}>
          {rates === null ? words.ceiling(advice.ceiling) : words.verdict(advice)}
        </p>
      ) : (
        <p className="measure-verdict">{tooCoarse ? clock.costs : words.noCosts}</p>
      )}
      <div className="measure-verdict-parts">
        <dl className="measure-speeds">
          <div>
            <dt>
              {words.expected} <small>{words.expectedNote}</small>
            </dt>
            <dd data-count="expected">{expected === null ? words.missing : words.times(expected)}</dd>
          </div>
          <div>
            <dt>
              {words.measured} <small>{words.measuredNote}</small>
            </dt>
            <dd data-count="measured">{speed === null ? words.missing : words.times(speed)}</dd>
          </div>
        </dl>
        {advice && rates !== null ? (
          <ul className="measure-reasons">
            {words.reasons(advice, acceptanceRate).map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
            {speed !== null && speed < 1 !== advice.best.speedup < 1 ? <li>{words.otherwise(speed)}</li> : null}
            <li>{start?.calibration ? words.costsOfRun(start.labels.adapter) : words.costsOfDevice}</li>
          </ul>
        ) : null}
      </div>
      {comparison?.tooCoarse ? (
        <p className="measure-missing">{clock.speed}</p>
      ) : start && speed === null ? (
        <p className="measure-missing">
          {words.noPlain} <ActionButton action={prove} look="small" />
        </p>
      ) : null}
    </section>
  );
}
