import { afterEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { useCalibration } from '../../src/store/engine/calibration';
import { useMemory } from '../../src/store/engine/memory';
import { useRun } from '../../src/store/run/run';
import { fitsTheWidth, violations } from './support/accessible';
import { catchDownloads } from './support/downloads';
import { MEMORY } from './support/fakePairs';
import { openPage, prompt, runToEnd } from './support/openPage';

const section = (name: string) => page.getByRole('region', { name });
const count = (name: string, key: string) => section(name).element().querySelector(`[data-count="${key}"]`)?.textContent;
const RUN = 'This run’s agreement';

async function open(): Promise<Awaited<ReturnType<typeof openPage>>> {
  location.hash = '#measure';
  const engine = await openPage();
  await expect.element(section('Does it pay here?')).toBeInTheDocument();
  return engine;
}

/** Measures the chosen pair's costs. */
async function measure(): Promise<void> {
  await section('Does it pay here?').getByRole('button', { name: 'Measure this device' }).click();
  await expect.poll(() => count('What a round costs', 'decode')).toMatch(/ms$/);
}

afterEach(() => {
  location.hash = '';
  useMemory.setState(useMemory.getInitialState());
});

describe('before anything was measured', () => {
  it('shows what is missing, with the button that measures it', async () => {
    await open();
    await expect.element(section('What a round costs')).toHaveTextContent('are not measured yet');
    await expect.element(section(RUN)).toHaveTextContent('Run a prompt, and its figures appear here.');
    await expect.element(section('Does it pay here?')).toHaveTextContent('not known yet, so there is no verdict');
    await expect.element(section('What if?')).toHaveTextContent('invented figures');
    await measure();
    await expect.element(section('Does it pay here?')).toHaveTextContent('If every draft were accepted');
    await expect.element(section('What if?')).toHaveTextContent('They start from this device’s costs');
  });
});

describe('a measurement', () => {
  it.each(['Stop', 'Escape'])('that a person asked for ends at %s, as if it had not begun', async (way) => {
    const { options } = await open();
    options.pace = 200;
    await section('Does it pay here?').getByRole('button', { name: 'Measure this device' }).click();
    const stop = section('Does it pay here?').getByRole('button', { name: 'Stop' });
    await expect.element(stop).toBeVisible();
    if (way === 'Stop') await stop.click();
    else await userEvent.keyboard('{Escape}');
    await expect.poll(() => useCalibration.getState().measuring).toBe(false);
    await expect.element(section('What a round costs')).toHaveTextContent('are not measured yet');
    await expect.element(section('Does it pay here?').getByRole('button', { name: 'Measure this device' })).toBeEnabled();
  });
});

describe('a run', () => {
  it('has its figures as charts, each with its figures as a table', async () => {
    await open();
    await measure();
    await prompt().fill('A fox.');
    await runToEnd();
    for (const name of [
      ...['Acceptance over the run', 'Acceptance by position in the draft', 'Acceptance by kind of token', 'Drafts accepted in a round'],
      ...['Predicted speedup over the acceptance rate, by draft length', 'Time of a target pass over its rows'],
    ]) {
      await expect.element(page.getByRole('img', { name })).toBeInTheDocument();
    }
    // Accepted and rejected drafts by position come to the run's own counts.
    await section(RUN).getByText('As a table: Acceptance by position in the draft').click();
    const judged = [...section(RUN).element().querySelectorAll('details[open] tbody tr')].map((row) => Number(row.lastChild?.textContent));
    const tokens = useRun.getState().events.flatMap((event) => (event.type === 'round' ? event.tokens : []));
    expect(judged.reduce((a, b) => a + b, 0)).toBe(tokens.filter(({ verdict }) => verdict === 'accepted' || verdict === 'rejected').length);
    await expect.element(section(RUN)).toHaveTextContent(/Above break-even now|Below break-even now/);
    await expect.element(section('Does it pay here?')).toHaveTextContent(/Worth it here|Agreement is too low|Hardly worth it/);
    expect(count('Does it pay here?', 'expected')).toMatch(/×/);
  });

  it('is measured against the other way of decoding at one press', async () => {
    await open();
    await prompt().fill('A fox.');
    await runToEnd();
    for (const speed of ['wait', 'decoding']) expect(count('Does it pay here?', `measured-${speed}`)).toBe('–');
    await section('Does it pay here?')
      .getByRole('button', { name: /Same output/ })
      .click();
    for (const speed of ['wait', 'decoding'])
      await expect.poll(() => count('Does it pay here?', `measured-${speed}`)).toMatch(/^\d+\.\d\d ×$/);
    // The speculative run stays on the page, with what is known of agreement.
    await expect.element(page.getByRole('img', { name: 'Acceptance by kind of token' })).toBeInTheDocument();
  });

  it('is followed while it streams', async () => {
    const engine = await open();
    engine.options.hold = 6;
    await prompt().fill('A fox.');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect.element(page.getByRole('img', { name: 'Acceptance over the run' })).toBeInTheDocument();
    await userEvent.keyboard('{Escape}');
    await expect.poll(() => useRun.getState().activity).toBe('idle');
  });
});

describe('figures', () => {
  it('are taken along with the mode, the draft, γ, the device and the versions', async () => {
    const downloads = catchDownloads();
    await open();
    await measure();
    await prompt().fill('A fox.');
    await runToEnd();
    for (const [part, file] of [
      [RUN, 'foretoken-acceptance.svg'],
      ['Speed over agreement', 'foretoken-curves.svg'],
    ] as const) {
      await section(part).getByRole('button', { name: 'Figure as SVG' }).click();
      await expect.poll(() => downloads.at(-1)?.name).toBe(file);
      for (const word of ['speculative', 'drafts by draft', 'γ 4', 'Device: memory', 'web-llm 0.2.86', 'models '])
        expect(downloads.at(-1)?.text).toContain(word);
    }
  });
});

describe('memory', () => {
  it('is what the engine tells of the pair, and what the draft adds', async () => {
    await open();
    const [draft, target] = [MEMORY.draft, MEMORY.target].map(({ weights, cache }) => weights + cache) as [number, number];
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
    await expect
      .element(section('Memory for latency'))
      .toHaveTextContent(
        `The draft adds ${megabytes(draft)} to the target’s ${megabytes(target)}: ${Math.round((100 * draft) / target)}% more memory`,
      );
    await expect.element(page.getByRole('img', { name: 'Memory of the pair on the graphics device' })).toBeInTheDocument();
  });

  it('is said to be none where the engine tells of none', async () => {
    await open();
    await expect.element(section('Memory for latency')).toHaveTextContent('The draft adds');
    useMemory.setState(useMemory.getInitialState());
    await expect.element(section('Memory for latency')).toHaveTextContent('Nothing is allocated');
  });
});

describe('what if', () => {
  it('is theory, moves by keys, and goes back to where it began', async () => {
    await open();
    const part = section('What if?');
    await expect.element(part.getByText('Theory', { exact: true })).toBeInTheDocument();
    const before = part.element().querySelector('.measure-would')?.textContent;
    const slider = part.getByRole('slider', { name: 'Acceptance rate α' });
    (slider.element() as HTMLElement).focus();
    await userEvent.keyboard('{End}');
    await expect.element(slider).toHaveAttribute('aria-valuetext', '100%');
    await expect.poll(() => part.element().querySelector('.measure-would')?.textContent).not.toBe(before);
    await part.getByRole('button', { name: 'Back to the start' }).click();
    await expect.poll(() => part.element().querySelector('.measure-would')?.textContent).toBe(before);
  });

  it('says so where nothing would pay', async () => {
    await open();
    const part = section('What if?');
    (part.getByRole('slider', { name: 'Acceptance rate α' }).element() as HTMLElement).focus();
    await userEvent.keyboard('{Home}');
    await expect.element(part).toHaveTextContent('No draft length would be faster than plain decoding');
  });
});

describe.each(['light', 'dark'])('in the %s theme', (theme) => {
  it.each([
    [1280, 800],
    [390, 844],
  ])('axe finds nothing at %i × %i, before and after a run', async (width, height) => {
    await page.viewport(width, height);
    document.documentElement.style.colorScheme = theme;
    await open();
    expect(await violations(theme)).toEqual([]);
    await prompt().fill('A fox.');
    await runToEnd();
    await expect.element(page.getByRole('img', { name: 'Acceptance by kind of token' })).toBeInTheDocument();
    expect(await violations(theme)).toEqual([]);
  });
});

it.each([360, 768, 1920])('%i px hold it without a sideways scroll', async (width) => {
  await page.viewport(width, 740);
  await open();
  await prompt().fill('A fox.');
  await runToEnd();
  await expect.element(page.getByRole('img', { name: 'Acceptance by kind of token' })).toBeInTheDocument();
  expect(fitsTheWidth()).toBe(true);
});
