import { useTarget } from '../../store/engine/catalogue';
import { useSettings } from '../../store/run/settings';
import { prompt as words } from '../../ui/texts';
import { type Preset, presetNote, presetsFor, takePreset } from './presets';

export function Presets() {
  const presets = presetsFor(useTarget());
  return (
    <fieldset className="presets" aria-label={words.presets}>
      <div className="presets-group">
        {presets
          .filter((preset) => !preset.hard)
          .map((preset) => (
            <PresetButton key={preset.label} preset={preset} />
          ))}
      </div>
      <div className="presets-group">
        {presets
          .filter((preset) => preset.hard)
          .map((preset) => (
            <PresetButton key={preset.label} preset={preset} />
          ))}
      </div>
    </fieldset>
  );
}

function PresetButton({ preset }: { readonly preset: Preset }) {
  const chosen = useSettings((settings) => settings.prompt === preset.prompt);
  return (
    <button type="button" className="preset" aria-pressed={chosen} title={presetNote(preset)} onClick={() => takePreset(preset)}>
      <span className="preset-label">{preset.label}</span>
      {preset.hard ? <span className="preset-hard"> {words.hard}</span> : null}
    </button>
  );
}
