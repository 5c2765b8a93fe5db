export { Ask } from './Ask';
export { PromptForm } from './PromptForm';
export { RunSettings } from './RunSettings';
