import { expect } from 'vitest';
import { userEvent } from 'vitest/browser';

/** Presses Tab until `element` has the focus. */
export async function tabTo(element: Element): Promise<void> {
  for (let presses = 0; presses < 120 && document.activeElement !== element; presses++) await userEvent.keyboard('{Tab}');
  expect(document.activeElement).toBe(element);
}
