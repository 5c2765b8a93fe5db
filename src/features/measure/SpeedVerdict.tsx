import { measureCosts } from '../../actions/measureCosts';
import type { CostFigures } from '../../core/cost/figures';
import { SPEEDS } from '../../core/run/comparison';
import { deviceOf } from '../../core/run/device';
import { useCalibration, useTooCoarse } from '../../store/engine/calibration';
import { ActionButton } from '../../ui/ActionButton';
import { StopButton } from '../../ui/StopButton';
import { costs as names } from '../../ui/texts';
import { clock } from '../../ui/texts/clock';
import { measure as words } from '../../ui/texts/measure';
import { speeds } from '../../ui/texts/speeds';
import { verdict } from '../../ui/texts/verdict';
import { Counterpart } from '../counts';
import type { Measured } from './useMeasured';

/** Whether speculation pays for this run, on whose device, why, and what was really measured. */
export function SpeedVerdict({ measured }: { readonly measured: Measured }) {
  const { start, figures, recorder, comparison, parts } = measured;
  const tooCoarse = useTooCoarse();
  const measuring = useCalibration((state) => state.measuring);
  const { lead, rates } = figures;
  const place = lead?.costsOf === 'recorder' ? 'there' : 'here';
  return (
    <section className="measure-part" aria-labelledby="measure-verdict">
      <div className="measure-bar">
        <h3 id="measure-verdict">{words.verdictHeading}</h3>
        <div className="measure-do">
          <StopButton look="small" showKeys />
          <ActionButton action={measureCosts} look="small" />
        </div>
      </div>
      {lead ? (
        <p className="measure-verdict" data-advice={rates === null ? 'open' : lead.advice.code} data-costs-of={lead.costsOf}>
          {rates === null ? words.ceiling(lead.advice.ceiling, place) : verdict(lead.advice, place)}
        </p>
      ) : (
        <p className="measure-verdict">{tooCoarse ? clock.costs : words.noCosts}</p>
      )}
      <div className="measure-verdict-parts">
        <SpeedList measured={measured} />
        <ul className="measure-reasons">
          {parts ? <li data-figure="parts">{speeds.parts(parts)}</li> : null}
          {lead && rates !== null ? <Reasons measured={measured} lead={lead} place={place} /> : null}
          {lead ? <li>{words.costsOf(lead.costsOf, start ? deviceOf(start) : '')}</li> : null}
          {recorder === null ? null : <li>{figures.here ? words.recordedToo(recorder) : words.recordedOnly(recorder)}</li>}
        </ul>
      </div>
      {measuring ? <p className="measure-missing">{words.measuring}</p> : null}
      {comparison?.tooCoarse ? (
        <p className="measure-missing">{clock.speed}</p>
      ) : start && comparison === null && recorder === null ? (
        <div className="measure-missing">
          <Counterpart purpose={words.noPlain} />
        </div>
      ) : null}
    </section>
  );
}

/** Every figure that the verdict stands on, and how the predicted speedup follows from them. */
function Reasons({ measured, lead, place }: { readonly measured: Measured; readonly lead: CostFigures; readonly place: 'here' | 'there' }) {
  const { figures, comparison } = measured;
  const speed = comparison?.speedup.decoding ?? null;
  return (
    <>
      {words.reasons(lead.advice, figures.counts.acceptanceRate, figures.byNgram, place).map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
      {lead.predicted === null ? null : (
        <li data-figure="formula">
          {words.follows(lead.predicted)} {names.formula(lead)}.
        </li>
      )}
      {speed !== null && speed < 1 !== lead.advice.best.speedup < 1 ? <li>{words.otherwise(speed)}</li> : null}
    </>
  );
}

/** What is expected with whose costs, and what was measured. */
function SpeedList({ measured: { figures, comparison, recorder } }: { readonly measured: Measured }) {
  const { here, there } = figures;
  const shown = (speed: number | null) => (speed === null ? words.missing : speeds.times(speed));
  return (
    <dl className="measure-speeds">
      <div>
        <dt>
          {words.expected} <small>{words.expectedNote}</small>
        </dt>
        <dd data-count="expected">{shown(here?.predicted ?? null)}</dd>
      </div>
      {there ? (
        <div>
          <dt>
            {words.expectedThere} <small>{words.expectedThereNote}</small>
          </dt>
          <dd data-count="expected-there">{shown(there.predicted)}</dd>
        </div>
      ) : null}
      {recorder === null
        ? SPEEDS.map((speed) => (
            <div key={speed}>
              <dt>
                {words.measured}: {speeds.names[speed].toLowerCase()} <small>{words.measuredNote[speed]}</small>
              </dt>
              <dd data-count={`measured-${speed}`}>{shown(comparison?.speedup[speed] ?? null)}</dd>
            </div>
          ))
        : null}
    </dl>
  );
}
