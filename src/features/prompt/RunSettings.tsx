import { LIMITS } from '../../core/types';
import { chooseDraft, useLoading } from '../../store/loading';
import { changeSettings, useSettings } from '../../store/settings';
import { Choices } from '../../ui/Choices';
import { NumberField } from '../../ui/NumberField';
import { settings as words } from '../../ui/texts';

const MODES = [
  { value: 'speculative', label: words.modes.speculative },
  { value: 'plain', label: words.modes.plain },
] as const;

export function RunSettings() {
  const { mode, gamma, maxTokens } = useSettings();
  return (
    <div className="run-settings">
      <Choices legend={words.mode} options={MODES} value={mode} onChange={(chosen) => changeSettings({ mode: chosen })} />
      <DraftChoice disabled={mode === 'plain'} />
      <NumberField
        label={words.gamma}
        value={gamma}
        onChange={(value) => changeSettings({ gamma: value })}
        min={LIMITS.gamma.min}
        max={LIMITS.gamma.max}
        disabled={mode === 'plain'}
      />
      <NumberField
        label={words.maxTokens}
        value={maxTokens}
        onChange={(value) => changeSettings({ maxTokens: value })}
        min={LIMITS.maxTokens.min}
        max={null}
      />
    </div>
  );
}

function DraftChoice({ disabled }: { readonly disabled: boolean }) {
  const draft = useSettings((settings) => settings.draft);
  const drafts = useLoading((state) => state.manifest?.pair.drafts);
  if (!drafts) {
    return (
      <div className="no-drafts">
        <p className="field-label">{words.draft}</p>
        <p>{words.draftsUnread}</p>
      </div>
    );
  }
  const options = drafts.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Choices legend={words.draft} options={options} value={draft} onChange={(chosen) => void chooseDraft(chosen)} disabled={disabled} />
  );
}
