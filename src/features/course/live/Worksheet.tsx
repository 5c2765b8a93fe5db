import { useState } from 'react';
import { readTypedCounts, type TypedCounts, type TypedFigures } from '../../../core/cost/acceptance';
import { breakEven } from '../../../core/cost/cost';
import { EXAMPLE } from '../../../core/cost/figures';
import { startOf, tally } from '../../../core/run/tally';
import { useRun } from '../../../store/run/run';
import { Button } from '../../../ui/Button';
import { type Figure, FigureList } from '../../../ui/FigureList';
import { formatCount, formatShare } from '../../../ui/format';
import { ProblemField } from '../../../ui/ProblemField';
import { live, worksheet as words } from '../../../ui/texts/live';
import { LivePart } from './LivePart';
import { CONTEXT, useCosts } from './useCosts';
import { rateFromRatio } from './worksheetFigures';

const FIELDS = ['drafted', 'accepted', 'rejected'] as const;
const EMPTY: TypedCounts = { drafted: '', accepted: '', rejected: '', plainTime: '', speculativeTime: '' };

/** From the counts of a run to its acceptance rate, and what that means on this device. Drafted and accepted are enough. */
export function Worksheet() {
  const [typed, setTyped] = useState(EMPTY);
  const events = useRun((state) => state.events);
  const start = startOf(events);
  const run = tally(events);
  const gamma = typeof start?.settings.gamma === 'number' ? start.settings.gamma : EXAMPLE.gamma;
  const { figures, problems } = readTypedCounts(typed);
  const takeRun = () =>
    setTyped({ ...EMPTY, drafted: String(run.drafted), accepted: String(run.accepted), rejected: String(run.rejected) });
  return (
    <LivePart name={live.names.worksheet}>
      <div className="live-fields">
        {FIELDS.map((field) => (
          <ProblemField
            key={field}
            label={words[field]}
            inputMode="numeric"
            value={typed[field]}
            problem={problems.find((each) => each.field === field)?.failure}
            onChange={(value) => setTyped({ ...typed, [field]: value })}
          />
        ))}
        <Button look="small" disabled={run.drafted === 0} onPress={takeRun}>
          {words.fromRun}
        </Button>
      </div>
      {run.drafted === 0 ? <p className="live-note">{words.noRun}</p> : null}
      <div role="status">{figures ? <Result typed={figures} gamma={gamma} /> : null}</div>
    </LivePart>
  );
}

function Result({
  typed: { acceptedOverDrafted, acceptanceRate, discarded },
  gamma,
}: {
  readonly typed: TypedFigures;
  readonly gamma: number;
}) {
  const costs = useCosts();
  const alpha = acceptanceRate ?? rateFromRatio(acceptedOverDrafted, gamma);
  const even = costs ? breakEven(costs, gamma, CONTEXT) : null;
  const figures: Figure[] = [
    { key: 'ratio', name: words.ratio, value: formatShare(acceptedOverDrafted) },
    { key: 'alpha', name: words.alpha, note: acceptanceRate === null ? words.estimated(gamma) : undefined, value: formatShare(alpha) },
    ...(discarded === null ? [] : [{ key: 'discarded', name: words.discarded, value: formatCount(discarded) }]),
    ...(costs ? [{ key: 'even', name: words.breakEven(gamma), value: even === null ? words.never : formatShare(even) }] : []),
  ];
  return (
    <>
      <FigureList figures={figures} />
      <p className="live-finding">
        {costs === null ? words.bands[alpha >= 0.75 ? 'high' : alpha >= 0.5 ? 'middle' : 'low'] : null}{' '}
        {costs === null ? words.unmeasured : even === null ? words.hopeless : (alpha >= even ? words.above : words.below)(alpha, even)}
      </p>
    </>
  );
}
