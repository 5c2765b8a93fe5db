import { useMemo } from 'react';
import { measureCosts } from '../../actions/measureCosts';
import { breakEven, type Calibration, costRatio, draftMs, verifyMs, verifyRatio } from '../../core/cost';
import { explainedSpeedup } from '../../core/pricing';
import { startOf } from '../../core/tally';
import type { RunEvent } from '../../core/types';
import { calibrationOf, useCalibration, useTooCoarse } from '../../store/calibration';
import { useLoading } from '../../store/loading';
import { useRun } from '../../store/run';
import { useSettings } from '../../store/settings';
import { ActionButton } from '../../ui/ActionButton';
import { type Figure, FigureList } from '../../ui/FigureList';
import { formatRate, formatRatio, formatShare } from '../../ui/format';
import { costs as words } from '../../ui/texts';
import { clock } from '../../ui/texts/clock';
import './costs.css';

/** Draft length and tokens in the cache that the figures are for. */
const EXAMPLE = { gamma: 4, context: 64 } as const;

/** What the pair costs on this device, and what that makes of the run. */
export function Costs() {
  const draft = useSettings((settings) => settings.draft);
  const { measuring, failure } = useCalibration();
  // The key of what was measured depends on the manifest.
  useLoading((state) => state.manifest);
  const events = useRun((state) => state.events);
  const calibration = calibrationOf(draft);
  const tooCoarse = useTooCoarse();
  const run = useMemo(() => predicted(events), [events]);
  return (
    <section className="costs" aria-label={words.heading}>
      <h2>{words.heading}</h2>
      {calibration ? (
        <Figures calibration={calibration} predicted={run} />
      ) : (
        <p>{measuring ? words.measuring : tooCoarse ? clock.costs : words.unmeasured}</p>
      )}
      {failure && !measuring ? <p role="alert">{`${failure.message} ${failure.hint}`}</p> : null}
      {measuring && calibration ? <p>{words.measuring}</p> : null}
      <ActionButton action={measureCosts} look="small" />
      <a href="#measure">{words.more}</a>
    </section>
  );
}

function Figures({ calibration, predicted: speedup }: { readonly calibration: Calibration; readonly predicted: number | null }) {
  const { gamma, context } = EXAMPLE;
  const even = breakEven(calibration, gamma, context);
  const ms = (value: number) => words.milliseconds(formatRate(value));
  const figures: Figure[] = [
    { key: 'decode', name: words.decode, value: ms(verifyMs(calibration, 1, context)) },
    {
      key: 'draft',
      name: words.draft,
      note: words.draftNote(formatRatio(costRatio(calibration, context))),
      value: ms(draftMs(calibration, context)),
    },
    {
      key: 'verify',
      name: words.verify(gamma + 1),
      note: words.verifyNote(gamma, formatRatio(verifyRatio(calibration, gamma, context))),
      value: ms(verifyMs(calibration, gamma + 1, context)),
    },
    { key: 'breakEven', name: words.breakEven(gamma), value: even === null ? words.never : formatShare(even) },
    { key: 'predicted', name: words.predicted, note: words.predictedNote, value: speedup === null ? '–' : `${formatRatio(speedup)} ×` },
  ];
  return <FigureList figures={figures} />;
}

/** null for a run that drafted nothing, or of which no costs were known when it began. */
function predicted(events: readonly RunEvent[]): number | null {
  const costs = startOf(events)?.calibration;
  return costs ? explainedSpeedup(events, costs) : null;
}
