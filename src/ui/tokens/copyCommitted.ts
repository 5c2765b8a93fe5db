import type { ClipboardEvent } from 'react';

const STRUCK = '[data-verdict="rejected"], [data-verdict="discarded"]';

/** Puts the committed text of the selection on the clipboard, without what was struck. */
export function copyCommitted(event: ClipboardEvent): void {
  const selection = getSelection();
  if (!selection || selection.isCollapsed) return;
  event.clipboardData.setData('text/plain', committedText(selection));
  event.preventDefault();
}

function committedText(selection: Selection): string {
  const ranges = Array.from({ length: selection.rangeCount }, (_, i) => selection.getRangeAt(i));
  return ranges.map(committedTextOf).join('');
}

function committedTextOf(range: Range): string {
  const fragment = range.cloneContents();
  for (const struck of fragment.querySelectorAll(STRUCK)) struck.remove();
  return fragment.textContent ?? '';
}
