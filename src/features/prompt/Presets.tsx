import { useLoading } from '../../store/loading';
import { changeSettings, DEFAULT_SETTINGS, useSettings } from '../../store/settings';
import { prompt as words } from '../../ui/texts';
import { PRESETS, type Preset, presetChange } from './presets';

export function Presets() {
  return (
    <fieldset className="presets" aria-label={words.presets}>
      <div className="presets-group">
        {PRESETS.filter((preset) => !preset.hard).map((preset) => (
          <PresetButton key={preset.label} preset={preset} />
        ))}
      </div>
      <div className="presets-group">
        {PRESETS.filter((preset) => preset.hard).map((preset) => (
          <PresetButton key={preset.label} preset={preset} />
        ))}
      </div>
    </fieldset>
  );
}

function PresetButton({ preset }: { readonly preset: Preset }) {
  const chosen = useSettings((settings) => settings.prompt === preset.prompt);
  const drafts = useLoading(({ manifest }) => manifest?.pair.drafts);
  const choose = () => {
    const now = useSettings.getState();
    const ends = { first: drafts?.[0]?.id ?? DEFAULT_SETTINGS.draft, weakest: drafts?.at(-1)?.id ?? now.draft };
    changeSettings(presetChange(preset, now, ends));
  };
  return (
    <button
      type="button"
      className="preset"
      aria-pressed={chosen}
      title={preset.hard ? words.hardTitle(preset.prompt, String(preset.hard.temperature)) : preset.prompt}
      onClick={choose}
    >
      <span className="preset-label">{preset.label}</span>
      {preset.hard ? <span className="preset-hard"> {words.hard}</span> : null}
    </button>
  );
}
