export { Ask } from './Ask';
export { PromptForm } from './PromptForm';
