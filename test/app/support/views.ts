import { expect, onTestFinished } from 'vitest';
import { views, page as words } from '../../../src/ui/texts';

/** Shows the view `id` of the page that is open and waits until its code is there; the first view again at the end of the test. */
export async function showView(id: string): Promise<void> {
  location.hash = id;
  onTestFinished(async () => {
    history.replaceState(null, '', '#');
    dispatchEvent(new HashChangeEvent('hashchange'));
    document.title = words.name;
  });
  await expect.poll(shownView).toBe(id);
}

/** The id of the view whose code is there. */
function shownView(): string | undefined {
  // While a view's code is on its way the one before is still there, hidden.
  const [main, another] = document.querySelectorAll('main');
  if (!main || another || main.textContent === views.waiting) return undefined;
  return document.querySelector('nav a[aria-current="page"]')?.getAttribute('href')?.slice(1);
}
