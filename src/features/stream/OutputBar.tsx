import { pinShown } from '../../actions/history';
import { recordings } from '../../actions/recordings';
import { share } from '../../actions/share';
import { stop } from '../../actions/stop';
import { ActionButton } from '../../ui/ActionButton';
import { output as words } from '../../ui/texts';
import { CopyButton } from './CopyButton';
import { RunStatus } from './RunStatus';

/** The head of the output. It stays in sight while the text grows, so that a run can be stopped at any moment. */
export function OutputBar() {
  return (
    <div className="output-bar">
      <h2>{words.heading}</h2>
      <RunStatus />
      <div className="output-buttons">
        <CopyButton />
        <ActionButton action={share} look="quiet" />
        <ActionButton action={recordings} look="quiet" />
        <ActionButton action={pinShown} look="quiet" />
        <ActionButton action={stop} look="small" />
      </div>
    </div>
  );
}
