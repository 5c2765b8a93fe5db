import { onTestFinished, vi } from 'vitest';
import { views, page as words } from '../../../src/ui/texts';

/** Shows the view `id` of the page that is open and waits until its code is there; the first view again at the end of the test. */
export async function showView(id: string): Promise<void> {
  location.hash = id;
  onTestFinished(async () => {
    history.replaceState(null, '', '#');
    dispatchEvent(new HashChangeEvent('hashchange'));
    document.title = words.name;
  });
  await vi.waitFor(
    () => {
      // While a view's code is on its way the one before is still there, hidden.
      const [main, another] = document.querySelectorAll('main');
      const link = document.querySelector('nav a[aria-current="page"]');
      if (link?.getAttribute('href') !== `#${id}` || !main || another || main.textContent === views.waiting)
        throw new Error(`the view ${id} is not there`);
    },
    { timeout: 20_000 },
  );
}
