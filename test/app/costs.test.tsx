import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { calibrationOf, measureCalibration } from '../../src/store/calibration';
import { openPage, prompt, runToEnd } from './support/openPage';

const panel = () => page.getByRole('region', { name: 'This device' });
const figure = (key: string) => panel().element().querySelector(`[data-count="${key}"]`)?.textContent;

describe('the costs of this device', () => {
  it('are measured on request, written with their ratios, and kept for the next visit', async () => {
    const engine = await openPage();
    await expect.element(panel()).toHaveTextContent('has not been measured yet');
    await expect.element(page.getByRole('radio', { name: 'Good draft' })).toBeInTheDocument();
    await page.getByRole('button', { name: 'Measure this device' }).click();
    await expect.poll(() => figure('decode')).toBe('10.3 ms');
    // 10 and 13 and 60 ms for 1, 2 and 17 rows, 2 ms more by 512 tokens, at 64 tokens and four drafts.
    expect(figure('verify')).toBe('22.7 ms');
    await expect.element(panel()).toHaveTextContent('v(4) = 2.21 tokens');
    await expect.element(panel()).toHaveTextContent('c = 0.10 of a token');
    expect(figure('predicted')).toBe('–');
    expect(localStorage.getItem('foretoken.calibrations')).toContain('"verifyMs"');
    expect(engine.tasks.filter((task) => task.type === 'calibrate')).toHaveLength(1);
  });

  it('predict the speedup of the run on the page as soon as they are known', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    await expect.poll(() => calibrationOf('draft')).not.toBeNull();
    await expect.poll(() => figure('predicted')).toMatch(/^\d+\.\d\d ×$/);
  });

  it('are left alone while a run goes on, which ends a measurement', async () => {
    const engine = await openPage();
    engine.options.pace = 20;
    await expect.element(page.getByRole('radio', { name: 'Good draft' })).toBeInTheDocument();
    const measured = measureCalibration();
    await prompt().fill('A fox.');
    engine.options.pace = 0;
    await runToEnd();
    await measured;
    expect(engine.tasks.map(({ type }) => type)).toContain('run');
    await expect.poll(() => calibrationOf('draft')).not.toBeNull();
  });
});
