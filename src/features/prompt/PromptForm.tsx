import { spellKeys } from '../../actions/registry';
import { run } from '../../actions/run';
import { stop } from '../../actions/stop';
import { prompt as words } from '../../ui/texts';
import { Ask } from './Ask';
import { RunSettings } from './RunSettings';

/** What is asked, how it is decoded, and the button that starts it. */
export function PromptForm() {
  return (
    <Ask rows={2}>
      <RunSettings />
      <p className="shortcuts">{words.shortcuts(spellKeys(run.keys[0] ?? ''), spellKeys(stop.keys[0] ?? ''))}</p>
    </Ask>
  );
}
