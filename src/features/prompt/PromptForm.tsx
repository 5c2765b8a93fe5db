import { spellKeys } from '../../actions/registry';
import { run } from '../../actions/run';
import { replaceNewerSettings, resetAll } from '../../actions/settings';
import { stop } from '../../actions/stop';
import { useCanPerform } from '../../actions/useAction';
import { ActionButton } from '../../ui/ActionButton';
import { prompt as words } from '../../ui/texts';
import { Ask } from './Ask';
import { SettingsForm } from './SettingsForm';

/** What is asked, how it is decoded, and the button that starts it. */
export function PromptForm() {
  return (
    <Ask rows={2}>
      <SettingsForm>
        <div className="settings-foot">
          <p className="shortcuts">{words.shortcuts(spellKeys(run.keys[0] ?? ''), spellKeys(stop.keys[0] ?? ''))}</p>
          <ActionButton action={resetAll} look="quiet" />
        </div>
      </SettingsForm>
      <NewerSettings />
    </Ask>
  );
}

/** Said where a newer version of the page has stored settings here, which are left as they are. */
function NewerSettings() {
  const newer = useCanPerform(replaceNewerSettings);
  return (
    <div className="newer-settings" role="status">
      {newer ? (
        <>
          <p>{words.newerSettings}</p>
          <ActionButton action={replaceNewerSettings} look="small" />
        </>
      ) : null}
    </div>
  );
}
