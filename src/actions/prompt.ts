import type { Action } from './action';

/** Where the next prompt is typed in the view that is shown, which may be below a long text; null if it has none. */
const box = () => document.querySelector<HTMLElement>('#prompt, #question');

export const focusPrompt: Action = {
  id: 'focus-prompt',
  label: 'Next prompt',
  keys: ['/'],
  when: () => box() !== null,
  whyNot: () => 'This view has no prompt.',
  perform: () => box()?.focus(),
};
