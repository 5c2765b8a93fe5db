import fc from 'fast-check';
import { flushSync } from 'react-dom';
import { describe, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import { VIEWS } from '../../src/app/views';
import { startOf } from '../../src/core/run/tally';
import type { RunEvent } from '../../src/core/types';
import { useBeTheDraft } from '../../src/store/modes/beTheDraft';
import { useConversation } from '../../src/store/modes/conversation';
import { useRace } from '../../src/store/modes/race';
import { pause, seek, usePlayback } from '../../src/store/recordings/playback';
import { stepToEnd } from '../../src/store/recordings/stepper';
import { showRun, useRun } from '../../src/store/run/run';
import { runEvents } from '../support/runEvents';
import { drawn } from './support/drawn';
import { openPage } from './support/openPage';
import { showView } from './support/views';

const LISTS = 300;
/** Every one of so many is drawn in full, with what the page defers. */
const DRAWN = 10;
/** Views that draw the run on the page or one of their own; the others stand as they are until they are asked for work of theirs, and a tenth of the lists shows it. */
const DRAWING = new Set(['watch', 'race', 'step', 'conversation', 'be-the-draft', 'measure']);
/** Another one finds other lists; this one makes a failure the same everywhere. */
const SEED = 25;

/** `events` as a failure's message shows them. */
function spelled(events: readonly RunEvent[]): string {
  return JSON.stringify(events, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

// So many drawings of the view of measurements take minutes on a busy machine.
describe('generated lists of events', { timeout: 600_000 }, () => {
  const lists = fc.sample(runEvents, { numRuns: LISTS, seed: SEED });

  it.each(VIEWS.map(({ id }) => id))('are drawn by the view %s without an error, in a page that stays as wide as it is', async (id) => {
    await page.viewport(390, 844);
    await openPage();
    await showView(id);
    const texts = new Set<string | null | undefined>();
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => {});
    const shown = lists.slice(0, DRAWING.has(id) ? LISTS : LISTS / 10);
    for (const [i, events] of shown.entries()) {
      flushSync(() => {
        showRun(events);
        standBeside(events);
      });
      // Somewhere in the middle, where a round is open.
      if (i % 3 === 0) flushSync(() => halfway(events));
      const isDrawn = i % DRAWN === 0 || i === shown.length - 1;
      // What the page defers comes here only, so an error is this list's.
      if (isDrawn) await drawn();
      const [said] = complaint.mock.calls;
      const broken = document.querySelector('.page-broken');
      if (said || broken) expect.fail(`${said?.join(' ') ?? broken?.textContent}\nlist ${i}: ${spelled(events)}`);
      if (!isDrawn) continue;
      texts.add(document.querySelector('main')?.textContent);
      const { scrollWidth, clientWidth } = document.documentElement;
      if (scrollWidth > clientWidth)
        expect.fail(`${scrollWidth} px wide: ${widest()?.outerHTML.slice(0, 300)}\nlist ${i}: ${spelled(events)}`);
    }
    usePlayback.setState(usePlayback.getInitialState());
    if (DRAWING.has(id)) expect(texts.size).toBeGreaterThan(LISTS / DRAWN / 2);
  });
});

function halfway(events: readonly RunEvent[]): void {
  stepToEnd();
  const latest = events.at(-1);
  pause();
  seek(latest && 'endMs' in latest ? latest.endMs / 2 : 0);
}

/** Beside what was asked the other way before it, as after a run; and wherever a view has runs of its own. */
function standBeside(events: readonly RunEvent[]): void {
  const mode = startOf(events)?.settings.mode;
  const { last } = useRun.getState();
  if (mode) useRun.setState({ last: { ...last, [mode]: events } });
  const { speculative, plain } = useRun.getState().last;
  useRace.setState({ heats: [{ runs: { speculative: speculative ?? events, plain: plain ?? events }, first: null }], recorded: true });
  useConversation.setState({ turns: [{ question: 'A fox.', events }] });
  useBeTheDraft.setState({ events, model: last.speculative ?? events });
}

/** The innermost element that reaches beyond the page. */
function widest(): Element | undefined {
  const beyond = [...document.querySelectorAll('body *:not(.visually-hidden)')].filter(
    (element) => element.getBoundingClientRect().left + element.scrollWidth > innerWidth,
  );
  return beyond.find((element) => !beyond.some((other) => other !== element && element.contains(other)));
}
