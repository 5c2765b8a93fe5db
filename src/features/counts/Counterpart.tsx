import { runCounterpart } from '../../actions/counterpart';
import { startOf } from '../../core/run/tally';
import { useTarget } from '../../store/engine/catalogue';
import { useRun, whyNoCounterpart } from '../../store/run/run';
import { ActionButton } from '../../ui/ActionButton';
import { counts as words } from '../../ui/texts';

/** The button that runs the other way what stands on the page, with what it is for; or why that would say nothing. */
export function Counterpart({ purpose = null }: { readonly purpose?: string | null }) {
  const target = useTarget();
  const { events, activity } = useRun();
  const none = activity === 'idle' ? whyNoCounterpart(events, target) : null;
  const start = startOf(events);
  if (start && none !== null && none !== 'no-run') return <p>{words.noCounterpart[none](start)}</p>;
  return (
    <div>
      {purpose === null ? null : <p>{purpose}</p>}
      <ActionButton action={runCounterpart} look="small" />
    </div>
  );
}
