export { PromptForm } from './PromptForm';
