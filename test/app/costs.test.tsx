import { describe, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import type { Calibration } from '../../src/core/cost/cost';
import { calibrateWhenIdle, calibrationOf, confirmAdapter, measureCalibration, useCalibration } from '../../src/store/engine/calibration';
import { chosenPair, pairFor, readCatalogue } from '../../src/store/engine/catalogue';
import { IDLE_MS } from '../../src/store/engine/idle';
import { formatRate, formatRatio } from '../../src/ui/format';
import { PAIR_COSTS } from '../support/slowPair';
import { openPage, prompt, runButton, runToEnd, stopButton, untilIdle } from './support/openPage';

const panel = () => page.getByRole('region', { name: 'This device' });
const figure = (key: string) => panel().element().querySelector(`[data-count="${key}"]`)?.textContent;

/** As the page of version 1 named a pair: by the beginnings of the hashes of its files, the target's first. */
const FORMER_KEY = '00000000'.repeat(4);

describe('the costs of this device', () => {
  it('that were measured before pairs had ids are known still, and those of another device forgotten', async () => {
    await openPage();
    await readCatalogue();
    await measureCalibration();
    const calibration = calibrationOf(chosenPair());
    expect(calibration).not.toBeNull();
    const kept = JSON.stringify({ state: { measured: { [FORMER_KEY]: { adapter: 'memory', calibration } } }, version: 1 });
    useCalibration.setState(useCalibration.getInitialState());
    expect(calibrationOf(chosenPair())).toBeNull();
    localStorage.setItem('foretoken.calibrations', kept);
    await useCalibration.persist.rehydrate();
    expect(calibrationOf(chosenPair())).toEqual(calibration);
    // Of the target with any draft, where none is needed.
    expect(calibrationOf(pairFor({ draft: 'first', drafting: 'ngram' }))).toEqual(calibration);
    confirmAdapter(pairFor({ draft: 'first', drafting: 'model' }), 'another device');
    expect(calibrationOf(chosenPair())).toBeNull();
  });

  it('are those of the models, whatever they are called: another target or draft has its own', async () => {
    await openPage();
    await readCatalogue();
    await measureCalibration();
    const pair = chosenPair();
    if (!pair) throw new Error('no pair is chosen');
    const other = { ...pair, target: { ...pair.target, revision: 'another' } };
    expect([calibrationOf(other), calibrationOf({ ...pair, draft: 'itself' })]).toEqual([null, null]);
    expect(calibrationOf({ ...pair, target: { ...pair.target, name: 'Renamed' } })).not.toBeNull();
  });

  it('are measured on request, written with their ratios, and kept for the next visit', async () => {
    const engine = await openPage();
    // They stand beside a run.
    await prompt().fill('A fox.');
    await runToEnd();
    await expect.element(panel()).toHaveTextContent('are not measured yet');
    await page.getByRole('button', { name: 'Measure this device' }).click();
    const decodeMs = PAIR_COSTS.verify(1);
    await expect.poll(() => figure('decode')).toBe(`${formatRate(decodeMs)} ms`);
    await expect.element(panel()).toHaveTextContent(`c = ${formatRatio(PAIR_COSTS.draft / decodeMs)} of a token`);
    expect(localStorage.getItem('foretoken.calibrations')).toContain('"verifyMs"');
    expect(engine.tasks.filter((task) => task.type === 'calibrate')).toHaveLength(1);
  });

  it('say that they are coarse where the pair was too slow to time all of it', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    await measureCalibration();
    await expect.poll(() => figure('decode')).toBeTruthy();
    await expect.element(panel()).not.toHaveTextContent('Measured coarsely');
    useCalibration.setState(({ measured }) => ({
      measured: Object.fromEntries(
        Object.entries(measured).map(([key, { adapter, calibration }]) => [
          key,
          { adapter, calibration: calibration && { ...calibration, coarse: true } },
        ]),
      ),
    }));
    await expect.element(panel()).toHaveTextContent('Measured coarsely');
  });

  it('predict the speedup of the run on the page as soon as they are known', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    expect(figure('predicted') ?? '–').toBe('–');
    await measureCalibration();
    await expect.poll(() => figure('predicted')).toMatch(/^\d+\.\d\d ×$/);
  });

  it('say whether drafts pay, and why a run of a fixed length drafts where they do not', async () => {
    await openPage();
    await prompt().fill('A fox.');
    await runToEnd();
    await measureCalibration();
    const verdict = () => panel().element().querySelector('.costs-verdict')?.textContent ?? '';
    await expect.poll(verdict).toMatch(/^Worth it here: .* expected, with drafts of \d+ tokens?\. $/);
    const slowDrafts = (costs: Calibration) => ({ ...costs, draftMs: costs.draftMs.map((ms) => 100 * ms) });
    useCalibration.setState(({ measured }) => ({
      measured: Object.fromEntries(
        Object.entries(measured).map(([key, known]) => [
          key,
          { ...known, calibration: known.calibration && slowDrafts(known.calibration) },
        ]),
      ),
    }));
    await expect
      .poll(verdict)
      .toMatch(/^The draft is too slow here: .*The run drafts all the same, to show how: its draft length is fixed\./);
    // With these costs an adaptive run drafts nothing, or hardly anything, so it needs no excuse.
    await page.getByText('Adaptive', { exact: true }).click();
    await runToEnd();
    await expect.poll(verdict).not.toContain('The run drafts all the same');
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
  });

  it('are measured by the page itself only while nobody types, runs or holds a conversation, and once', async () => {
    const engine = await openPage();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const leave = calibrateWhenIdle();
    const measurements = () => engine.tasks.filter(({ type }) => type === 'calibrate').length;
    try {
      await vi.advanceTimersByTimeAsync(IDLE_MS - 100);
      await prompt().fill('A fox.');
      await vi.advanceTimersByTimeAsync(IDLE_MS - 100);
      expect(measurements()).toBe(0);
      // While a run goes on for long, and shortly after it.
      engine.options.hold = 3;
      await runButton().click();
      await expect.poll(() => engine.tasks.some(({ type }) => type === 'run')).toBe(true);
      await vi.advanceTimersByTimeAsync(5 * IDLE_MS);
      await stopButton().click();
      await untilIdle();
      expect(measurements()).toBe(0);
      await vi.advanceTimersByTimeAsync(IDLE_MS - 100);
      expect(measurements()).toBe(0);
      await vi.advanceTimersByTimeAsync(200);
      await expect.poll(() => calibrationOf(chosenPair())).not.toBeNull();
      await vi.advanceTimersByTimeAsync(5 * IDLE_MS);
      expect(measurements()).toBe(1);
    } finally {
      leave();
      vi.useRealTimers();
    }
  });
});
