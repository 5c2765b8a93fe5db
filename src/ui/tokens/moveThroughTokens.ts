import type { KeyboardEvent } from 'react';

/** Arrow keys go from token to token, Home and End to the first and the last. */
export function moveThroughTokens(event: KeyboardEvent<HTMLElement>): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const tokens = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-at]')];
  const at = document.activeElement instanceof HTMLElement ? tokens.indexOf(document.activeElement) : -1;
  const next = tokens[destination(event.key, at, tokens.length)];
  if (!next) return;
  event.preventDefault();
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}

/** From `at`, -1 when no token has the focus; -1 when there is nowhere to go. */
function destination(key: string, at: number, length: number): number {
  switch (key) {
    case 'ArrowRight':
      return Math.min(at + 1, length - 1);
    case 'ArrowLeft':
      return at === -1 ? length - 1 : Math.max(at - 1, 0);
    case 'Home':
      return at === -1 ? -1 : 0;
    case 'End':
      return at === -1 ? -1 : length - 1;
    default:
      return -1;
  }
}
