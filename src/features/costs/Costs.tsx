import { measureCosts } from '../../actions/measureCosts';
import type { CostFigures } from '../../core/cost/figures';
import { startOf } from '../../core/run/tally';
import { useCalibration, useTooCoarse } from '../../store/engine/calibration';
import { useShownFigures } from '../../store/run/figures';
import { useRun } from '../../store/run/run';
import { ActionButton } from '../../ui/ActionButton';
import { FigureList } from '../../ui/FigureList';
import { formatRate } from '../../ui/format';
import { costs as words } from '../../ui/texts';
import { clock } from '../../ui/texts/clock';
import { draftsAllTheSame } from '../../ui/texts/decoding';
import { speeds } from '../../ui/texts/speeds';
import { verdict } from '../../ui/texts/verdict';
import { costRows } from './costRows';
import './costs.css';

/** What the pair costs on this device, what that makes of the run, and the same of the machine that recorded it. */
export function Costs() {
  const { measuring, failure } = useCalibration();
  const tooCoarse = useTooCoarse();
  const { figures, recorder } = useShownFigures();
  const { here, there, rates } = figures;
  const fixed = useRun((state) => typeof startOf(state.events)?.settings.gamma === 'number');
  const inVain = recorder === null && fixed && here !== null && here.predicted !== null && here.advice.best.speedup < 1;
  return (
    <section className="costs" aria-label={words.heading}>
      <h2>{words.heading}</h2>
      {here && rates !== null ? (
        <p className="costs-verdict" data-advice={here.advice.code}>
          {verdict(here.advice, 'here')} {inVain ? draftsAllTheSame : null}
        </p>
      ) : null}
      {here ? <Figures of={here} /> : <p>{measuring ? words.measuring : tooCoarse ? clock.costs : words.unmeasured}</p>}
      {failure && !measuring ? <p role="alert">{`${failure.message} ${failure.hint}`}</p> : null}
      {measuring && here ? <p>{words.measuring}</p> : null}
      <ActionButton action={measureCosts} look="small" />
      <a href="#measure">{words.more}</a>
      {there && recorder !== null ? (
        <>
          <h3>{words.recorder(recorder)}</h3>
          <Figures of={there} />
        </>
      ) : null}
    </section>
  );
}

function Figures({ of }: { readonly of: CostFigures }) {
  const draft = useRun((state) => startOf(state.events)?.labels.draft ?? null);
  const { tokens, predicted } = of;
  const rows = costRows(of, formatRate).filter(({ key }) => key !== 'fixed' && key !== 'fixedPlain' && key !== 'readback');
  return (
    <div data-costs-of={of.costsOf}>
      <FigureList
        figures={[
          ...rows,
          {
            key: 'predicted',
            name: words.predicted,
            note: tokens === null ? undefined : words.formula(of),
            value: predicted === null ? '–' : speeds.times(predicted),
          },
        ]}
      />
      {draft === null || tokens === null ? null : <p>{words.ofDraft(draft)}</p>}
      {of.costs.coarse ? <p>{words.coarse}</p> : null}
      {of.costsOf === 'device-then' ? <p>{words.measuredThen}</p> : null}
    </div>
  );
}
