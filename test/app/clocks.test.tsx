import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { page } from 'vitest/browser';
import { VIEWS } from '../../src/app/views';
import { startOf, tally } from '../../src/core/run/tally';
import { decodeTrace, encodeTrace } from '../../src/formats/trace/trace';
import { LESSONS } from '../../src/lessons';
import { calibrationOf, calibrationSettled, isTooCoarse, measureCalibration, useCalibration } from '../../src/store/engine/calibration';
import { chosenPair, useCatalogue } from '../../src/store/engine/catalogue';
import { connectEngine } from '../../src/store/engine/connection';
import { useWork } from '../../src/store/engine/work';
import { measureEvidence } from '../../src/store/modes/claims';
import { askNext, typeQuestion } from '../../src/store/modes/conversation';
import { changeExperiment, runExperiment } from '../../src/store/modes/experiment';
import { startProof } from '../../src/store/modes/proof';
import { racePlayer, startRace } from '../../src/store/modes/race';
import { stepToEnd } from '../../src/store/recordings/stepper';
import { showRun, startCounterpart, startRun, useRun } from '../../src/store/run/run';
import { changeSettings } from '../../src/store/run/settings';
import type { Time } from '../support/slowPair';
import { drawn } from './support/drawn';
import { type Clocks, FakeEngine } from './support/fakeEngine';
import { openPage } from './support/openPage';
import { showView } from './support/views';

const exact: Clocks['device'] = (times) => times;
const none: Clocks['device'] = () => null;
/** Steps back by an hour at every seventh reading. */
const steppingBack = (time: Time) => {
  const clock = time.steps(0.1);
  let [readings, back] = [0, 0];
  return () => {
    if (++readings % 7 === 0) back += 3_600_000;
    return clock() - back;
  };
};
let rounds = 0;
const jumping: Clocks['device'] = (times) => (rounds++ % 3 === 0 ? { draftMs: -7, verifyMs: -1e9 } : times);
const zero: Clocks['device'] = () => ({ draftMs: 0, verifyMs: 0 });

const CLOCKS: readonly (readonly [string, Clocks])[] = [
  ['a clock of steps of 16.7 ms, and none of the device', { browser: (time) => time.steps(16.7), device: none }],
  ['a clock of steps of 100 ms, and none of the device', { browser: (time) => time.steps(100), device: none }],
  ['clocks that stand still', { browser: (time) => time.steps(Infinity), device: zero }],
  ['clocks that step back', { browser: steppingBack, device: jumping }],
  ['no clock that gives a number', { browser: () => () => Number.NaN, device: () => ({ draftMs: Number.NaN, verifyMs: Infinity }) }],
];

/** What no person should read, in a text, a title, a label or a picture. */
const NONSENSE = /\bNaN\b|Infinity|∞|undefined|(?<![\w–-])[-−]\d/;

/** Every text of the page and every attribute of its pictures that holds nonsense, in short. */
function nonsense(): string[] {
  const found: string[] = [];
  const look = (text: string | null, where: Element | null) => {
    if (text && NONSENSE.test(text)) found.push(`${text.slice(0, 120)} in ${where?.outerHTML.slice(0, 160)}`);
  };
  // What the models wrote, and the prose of lessons, may hold anything.
  const written = '[role="log"], .prose, script, style, pre, code';
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest(written)) continue;
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) look(node.textContent, element);
    for (const { name, value } of element.attributes) {
      const spoken = ['aria-label', 'aria-valuetext', 'title', 'aria-valuenow', 'value', 'max'].includes(name);
      if (spoken) look(value, element);
      else if (/NaN|Infinity|undefined/.test(value)) found.push(`${name}="${value.slice(0, 120)}" of ${element.tagName}`);
      // Lengths and radii of a picture cannot be below 0.
      else if (['width', 'height', 'r'].includes(name) && value.startsWith('-')) found.push(`${name}="${value}" of ${element.tagName}`);
    }
  }
  return found;
}

async function openWith(clocks: Clocks): Promise<void> {
  await openPage({ settings: { prompt: 'A fox.', maxTokens: 94, adaptive: true } });
  connectEngine(new FakeEngine(clocks));
  useCalibration.setState(useCalibration.getInitialState());
  await expect.poll(() => useCatalogue.getState().catalogue).not.toBeNull();
}

/** The chosen pair, measured to the end. */
async function measured(): Promise<void> {
  await calibrationSettled();
  if (calibrationOf(chosenPair()) === null && !isTooCoarse(chosenPair())) await measureCalibration();
}

/** Has every view's own work done, as far as it has any. */
const WORK: Readonly<Record<string, () => Promise<unknown>>> = {
  race: startRace,
  conversation: async () => {
    typeQuestion('A fox.');
    await askNext();
  },
  proof: startProof,
  experiment: async () => {
    changeExperiment({ maxTokens: 8 });
    await runExperiment();
  },
  claims: () => measureEvidence(['speed', 'verification']),
};

describe('what is looked for', () => {
  it.each(['<p>NaN ×</p>', '<p>Infinity ms</p>', '<p>The best length would be -1.</p>', '<p aria-label="−3 s"></p>'])(
    'is found: %s',
    (html) => {
      const place = document.body.appendChild(document.createElement('div'));
      onTestFinished(() => place.remove());
      expect(nonsense()).toEqual([]);
      place.innerHTML = html;
      expect(nonsense()).toHaveLength(1);
    },
  );

  it.each(['<path d="M0 0L3 NaN"></path>', '<rect width="-1"></rect>'])('is found in a picture: %s', (shape) => {
    const place = document.body.appendChild(document.createElement('div'));
    onTestFinished(() => place.remove());
    place.innerHTML = `<svg>${shape}</svg>`;
    expect(nonsense()).toHaveLength(1);
  });
});

describe.each(CLOCKS)('by %s', (_, clocks) => {
  it('no view shows an invalid number, before and after its work', async () => {
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => {});
    await openWith(clocks);
    await startRun();
    await startCounterpart();
    await measured();
    await startRun();
    changeSettings({ adaptive: false });
    await startRun();
    await startCounterpart();
    const shown = useRun.getState().events;
    for (const { id } of VIEWS) {
      await showView(id);
      await WORK[id]?.();
      racePlayer.pause();
      racePlayer.seek(0);
      stepToEnd();
      for (const element of document.querySelectorAll('details')) element.open = true;
      await drawn();
      expect(nonsense(), id).toEqual([]);
      racePlayer.seek(Number.POSITIVE_INFINITY);
      await drawn();
      expect(nonsense(), `${id}, at the end`).toEqual([]);
    }
    for (const { id } of LESSONS) {
      location.hash = `#learn/${id}`;
      await expect.poll(() => document.querySelector('main article, main .prose')).not.toBeNull();
      await drawn();
      expect(nonsense(), id).toEqual([]);
    }
    location.hash = '#learn/questions';
    await expect.poll(() => document.querySelectorAll('.questions details').length).toBeGreaterThan(30);
    for (const element of document.querySelectorAll<HTMLDetailsElement>('.questions details')) element.open = true;
    await expect.poll(() => document.querySelectorAll('.own-answer').length).toBeGreaterThan(10);
    expect(nonsense(), 'common questions').toEqual([]);
    expect(document.querySelector('.page-broken')).toBeNull();
    expect(complaint.mock.calls.filter(([said]) => /attribute|NaN/.test(String(said)))).toEqual([]);
    // What it wrote is read.
    const read = decodeTrace(JSON.parse(JSON.stringify(encodeTrace(shown))));
    expect(read.events).toHaveLength(shown.length);
  });

  it('an adaptive run drafts', async () => {
    await openWith(clocks);
    await startRun();
    await measured();
    await startRun();
    const all = useRun.getState().events.flatMap((event) => (event.type === 'round' ? [event.tokens.length - 1] : []));
    // How many depends on where the clock steps; of a run that has lost its costs it is one in fifty.
    expect(all.filter((drafted) => drafted > 0).length).toBeGreaterThan(all.length / 3);
  });
});

describe('a clock that is too coarse', () => {
  it('is said to be, wherever its figures would stand', async () => {
    await openWith({ browser: (time) => time.steps(100), device: none });
    // A tenth of a second at least eight times over is a run that it can time; this one is shorter.
    changeSettings({ maxTokens: 40 });
    await startRun();
    await startCounterpart();
    await measured();
    expect([isTooCoarse(chosenPair()), calibrationOf(chosenPair())]).toEqual([true, null]);
    expect(tally(useRun.getState().events)).toMatchObject({ tooCoarse: true, tokensPerSecond: null });
    const main = page.getByRole('main');
    await expect.element(page.getByRole('region', { name: 'This device' })).toHaveTextContent('Too coarse to tell what this pair costs');
    await expect.element(page.getByRole('region', { name: 'This run' })).toHaveTextContent('too coarse to tell by this browser’s clock');
    await expect.element(page.getByRole('region', { name: 'This run' })).toHaveTextContent('Too coarse to tell which was faster');
    await showView('measure');
    await expect
      .element(page.getByRole('region', { name: 'Does it pay here?' }))
      .toHaveTextContent('Too coarse to tell what this pair costs');
    await expect
      .element(page.getByRole('region', { name: 'What a round costs' }))
      .toHaveTextContent('Too coarse to tell what this pair costs');
    await showView('learn');
    location.hash = '#learn/questions/verification-cost';
    await expect.element(main).toHaveTextContent('On this device: Too coarse to tell what this pair costs');
    await showView('race');
    await startRace();
    racePlayer.pause();
    racePlayer.seek(Number.POSITIVE_INFINITY);
    await expect.element(main).toHaveTextContent('Too coarse to tell which was faster');
  });

  it('is said to be where two endpoints of a lesson are compared', async () => {
    await openWith({ browser: (time) => time.steps(Infinity), device: none });
    await showView('learn');
    location.hash = '#learn/in-practice';
    for (const side of ['A', 'B']) {
      await expect.element(page.getByRole('button', { name: `Ask endpoint ${side}` })).toBeEnabled();
      await page.getByRole('button', { name: `Ask endpoint ${side}` }).click();
      await expect.poll(() => useWork.getState().current).toBeNull();
    }
    await page.getByRole('button', { name: 'A', exact: true }).click();
    await expect.element(page.getByText('Too coarse to tell which was faster')).toBeInTheDocument();
    expect(nonsense()).toEqual([]);
  });

  it('promises no speedup from noise: of 16.7 ms, what it measures is what rounds take', async () => {
    await openWith({ browser: (time) => time.steps(16.7), device: none });
    await measured();
    const costs = calibrationOf(chosenPair());
    // 5 ms a token and 1 of readback; 21, 8 and 1 for a round of sixteen.
    expect(costs?.verifyMs[0]?.[0]).toBeGreaterThan(3.5);
    expect(costs?.verifyMs[0]?.at(-1)).toBeGreaterThan(15);
    await startRun();
    await showView('measure');
    const expected = page.getByRole('region', { name: 'Does it pay here?' }).element().querySelector('[data-count="expected"]');
    await expect.poll(() => expected?.textContent).toMatch(/^[0-3]\.\d\d ×$/);
  });

  it('of an older recording leaves its costs unknown', async () => {
    await openWith({ browser: (time) => time.steps(0.1), device: exact });
    await startRun();
    const { events } = useRun.getState();
    const start = startOf(events);
    if (!start) throw new Error('the run has no start');
    const standing = {
      ...{ rows: [1, 2, 17], contexts: [32], verifyMs: [[0, 0, 0]], draftMs: [0] },
      ...{ readbackMs: 0, plainFixedMs: 0, roundFixedMs: 0 },
    };
    const text = JSON.stringify(encodeTrace([{ ...start, calibration: standing }, ...events.slice(1)]));
    showRun(decodeTrace(JSON.parse(text)).events);
    expect(startOf(useRun.getState().events)?.calibration).toBeNull();
    await showView('measure');
    expect(nonsense()).toEqual([]);
  });
});
