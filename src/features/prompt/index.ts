export { Ask } from './Ask';
export { PromptForm } from './PromptForm';
export { type Preset, presetNote, presetsFor, takePreset } from './presets';
export { SettingsForm } from './SettingsForm';
