import { useId, useState } from 'react';
import { breakEven } from '../../../core/cost';
import { startOf, tally } from '../../../core/tally';
import { useRun } from '../../../store/run';
import { Button } from '../../../ui/Button';
import { type Figure, FigureList } from '../../../ui/FigureList';
import { formatCount, formatShare } from '../../../ui/format';
import { NumberField } from '../../../ui/NumberField';
import { live, worksheet as words } from '../../../ui/texts/live';
import { LivePart } from './LivePart';
import { CONTEXT, useCosts } from './useCosts';

interface Counts {
  readonly drafted: number;
  readonly accepted: number;
  readonly rejected: number;
}

const EMPTY: Counts = { drafted: Number.NaN, accepted: Number.NaN, rejected: Number.NaN };
/** Draft length that the break-even is for where the counts are not a run's. */
const USUAL_GAMMA = 4;

/** From the counts of a run to its acceptance rate, and what that means on this device. */
export function Worksheet() {
  const [counts, setCounts] = useState(EMPTY);
  const events = useRun((state) => state.events);
  const start = startOf(events);
  const run = tally(events);
  const gamma = typeof start?.settings.gamma === 'number' ? start.settings.gamma : USUAL_GAMMA;
  const field = (name: keyof Counts) => (
    <NumberField
      label={words[name]}
      value={counts[name]}
      onChange={(value) => setCounts({ ...counts, [name]: value })}
      min={0}
      max={null}
    />
  );
  return (
    <LivePart name={live.names.worksheet}>
      <div className="live-fields">
        {field('drafted')}
        {field('accepted')}
        {field('rejected')}
        <Button look="small" disabled={run.drafted === 0} onPress={() => setCounts(run)}>
          {words.fromRun}
        </Button>
      </div>
      {run.drafted === 0 ? <p className="live-note">{words.noRun}</p> : null}
      <Result counts={counts} gamma={gamma} />
    </LivePart>
  );
}

function Result({ counts: { drafted, accepted, rejected }, gamma }: { readonly counts: Counts; readonly gamma: number }) {
  const costs = useCosts();
  const id = useId();
  if (![drafted, accepted, rejected].every((count) => Number.isInteger(count) && count >= 0)) return null;
  if (accepted + rejected > drafted) return <p role="alert">{words.impossible}</p>;
  const ratio = drafted > 0 ? accepted / drafted : null;
  const alpha = accepted + rejected > 0 ? accepted / (accepted + rejected) : null;
  const even = costs ? breakEven(costs, gamma, CONTEXT) : null;
  const figures: Figure[] = [
    { key: 'ratio', name: words.ratio, value: formatShare(ratio) },
    { key: 'alpha', name: words.alpha, value: formatShare(alpha) },
    { key: 'discarded', name: words.discarded, value: formatCount(drafted - accepted - rejected) },
    ...(costs ? [{ key: 'even', name: words.breakEven(gamma), value: even === null ? words.never : formatShare(even) }] : []),
  ];
  return (
    <div id={id}>
      <FigureList figures={figures} />
      {alpha === null ? null : (
        <p className="live-finding">
          {alpha >= 0.75 ? words.high : alpha >= 0.5 ? words.middle : words.low}{' '}
          {costs === null ? words.unmeasured : even === null ? words.hopeless : (alpha >= even ? words.above : words.below)(alpha, even)}
        </p>
      )}
    </div>
  );
}
