import { pinShown } from '../../actions/history';
import { focusPrompt } from '../../actions/prompt';
import { recordings } from '../../actions/recordings';
import { share } from '../../actions/share';
import { useAsked } from '../../store/recordings/recording';
import { ActionButton } from '../../ui/ActionButton';
import { Button } from '../../ui/Button';
import { StopButton } from '../../ui/StopButton';
import { output as words } from '../../ui/texts';
import { CopyButton } from './CopyButton';
import { RunStatus } from './RunStatus';

/**
 * The head of the output. It stays in sight while the text grows, so that a run can be stopped at any moment: Stop is in its first line. What can be done with a run is
 * offered once it is one that a person made or opened. Before, a narrow page, whose form is far below, leads there.
 */
export function OutputBar() {
  const asked = useAsked();
  return (
    <div className="output-bar">
      <h2>{words.heading}</h2>
      {asked ? null : (
        <span className="to-prompt">
          <Button look="small" onPress={() => void focusPrompt.perform()}>
            {words.toPrompt}
          </Button>
        </span>
      )}
      <RunStatus />
      <StopButton look="small" />
      <div className="output-buttons">
        {asked ? (
          <>
            <CopyButton />
            <ActionButton action={share} look="quiet" />
          </>
        ) : null}
        <ActionButton action={recordings} look="quiet" />
        {asked ? (
          <>
            <ActionButton action={pinShown} look="quiet" />
            <ActionButton action={focusPrompt} look="quiet" showKeys />
          </>
        ) : null}
      </div>
    </div>
  );
}
