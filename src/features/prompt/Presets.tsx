import { changeSettings, useSettings } from '../../store/settings';
import { prompt as words } from '../../ui/texts';
import { PRESETS } from './presets';

export function Presets() {
  const prompt = useSettings((settings) => settings.prompt);
  return (
    <div className="presets" role="group" aria-label={words.presets}>
      {PRESETS.map((preset) => (
        <button
          type="button"
          className="preset"
          key={preset.label}
          aria-pressed={preset.prompt === prompt}
          title={preset.prompt}
          onClick={() => changeSettings({ prompt: preset.prompt })}
        >
          <span className="preset-label">{preset.label}</span>
          {preset.hard ? <span className="preset-hard"> {words.hard}</span> : null}
        </button>
      ))}
    </div>
  );
}
