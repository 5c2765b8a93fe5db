export { Ask } from './Ask';
export { PromptForm } from './PromptForm';
export { PRESETS, type Preset, presetNote, takePreset } from './presets';
export { SettingsForm } from './SettingsForm';
