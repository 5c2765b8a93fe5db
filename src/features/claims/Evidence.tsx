import { tally } from '../../core/run/tally';
import { isTooShort, type MeasuredRun } from '../../core/study/experiment';
import { useWork } from '../../store/engine/work';
import { showRun } from '../../store/run/run';
import { Button } from '../../ui/Button';
import { claimWords as words } from '../../ui/texts/claims';
import { useVariantName } from '../experiment';

/** The runs that a verdict stands on, each of which can be looked at. */
export function Evidence({ runs }: { readonly runs: readonly MeasuredRun[] }) {
  const nameOf = useVariantName();
  const busy = useWork(({ current }) => current !== null);
  const watch = ({ events }: MeasuredRun) => {
    showRun(events);
    location.hash = '#watch';
  };
  return (
    <details className="evidence">
      <summary>{words.evidence(runs.length)}</summary>
      <ul>
        {runs.map((run) => {
          const { prompt, variant, index } = run.planned;
          const { committed, waitMs } = tally(run.events);
          const line = words.run(prompt, nameOf(variant), committed, waitMs, isTooShort(run.events));
          return (
            <li key={index}>
              <span>{line}</span>
              <Button look="quiet" disabled={busy} name={`${words.watch}: ${line}`} onPress={() => watch(run)}>
                {words.watch}
              </Button>
            </li>
          );
        })}
      </ul>
    </details>
  );
}
