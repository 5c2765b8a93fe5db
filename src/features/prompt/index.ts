export { Ask } from './Ask';
export { PromptForm } from './PromptForm';
export { PRESETS } from './presets';
export { RunSettings } from './RunSettings';
