import { afterEach } from 'vitest';
import { page } from 'vitest/browser';
import { stopWork } from '../../../src/store/engine/work';

// What a test leaves, and one that failed above all, shall not be another's beginning.
afterEach(async () => {
  stopWork();
  document.documentElement.style.colorScheme = '';
  delete document.documentElement.dataset.theme;
  if (innerWidth !== 1280 || innerHeight !== 800) await page.viewport(1280, 800);
});
