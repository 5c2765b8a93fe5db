import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { LESSONS } from '../../src/lessons';
import { restoreProgress, useProgress } from '../../src/store/course/progress';
import { useRun } from '../../src/store/run/run';
import { violations } from './support/accessible';
import { openPage } from './support/openPage';
import { tabTo } from './support/tabTo';

const heading = (name: string) => page.getByRole('heading', { level: 2, name, exact: true });
const focused = () => document.activeElement as HTMLElement | null;

/** Opens `hash` as a person does who has never learnt anything here. */
async function openCourse(hash: string) {
  const engine = await openPage();
  restoreProgress();
  location.hash = hash;
  return engine;
}

const PATHS = [...LESSONS.map(({ id }) => id), 'words', 'progress'];

/** Waits for the page of the course that `path` names, a lesson's prose included. */
async function untilThere(path: string): Promise<void> {
  const title = LESSONS.find(({ id }) => id === path)?.title;
  const shown = title ? `.lesson[aria-label="${title}"] .prose p` : { words: '.glossary', progress: '.progress-tools' }[path];
  await expect.poll(() => document.querySelector(shown ?? '.overview')).not.toBeNull();
}

beforeEach(() => {
  localStorage.clear();
});

afterEach(() => {
  location.hash = '';
});

describe('the course', () => {
  it('leads from its overview through every lesson, and remembers what was read', async () => {
    await openCourse('#learn');
    await expect.element(page.getByText(`0 of ${LESSONS.length} read`)).toBeInTheDocument();
    await page.getByRole('link', { name: /^Go on with/ }).click();
    for (const [i, { title }] of LESSONS.entries()) {
      await expect.element(heading(title)).toBeInTheDocument();
      await untilThere(LESSONS[i]?.id ?? '');
      expect(document.title).toBe(`${title} · Foretoken`);
      const next = LESSONS[i + 1];
      if (next) await page.getByRole('link', { name: `Next ${next.title}` }).click();
    }
    await page.getByRole('button', { name: 'Mark as read' }).click();
    expect(Object.keys(useProgress.getState().progress.lessons)).toHaveLength(LESSONS.length);
    restoreProgress();
    expect(Object.keys(useProgress.getState().progress.lessons)).toHaveLength(LESSONS.length);
  });

  it('shows tables as tables, and no mark of Markdown in any lesson', async () => {
    await openCourse('#learn');
    let tables = 0;
    for (const { id } of LESSONS) {
      location.hash = `#learn/${id}`;
      await untilThere(id);
      const prose = document.querySelector<HTMLElement>('.prose');
      tables += prose?.querySelectorAll('.prose-table').length ?? 0;
      for (const element of prose?.querySelectorAll('p, li, td, th, h3, blockquote') ?? []) {
        if (element.closest('.live')) continue;
        expect(element.textContent, id).not.toMatch(/\||\*\*|`|^#+ |\]\(|^- |<[A-Z]/);
      }
    }
    expect(tables).toBe(3);
  });

  it('computes the worksheet from drafted and accepted alone, and says what it means', async () => {
    await openCourse('#learn/experiment');
    await untilThere('experiment');
    await page.getByLabelText('Drafted').fill('40');
    await page.getByLabelText('Accepted').fill('24');
    const sheet = page.getByRole('region', { name: 'To try: the worksheet' });
    await expect.element(sheet.getByText(/^Accepted \/ drafted/)).toBeInTheDocument();
    await expect.element(sheet.getByText(/estimated, because rejected drafts were not counted/)).toBeInTheDocument();
    await expect.element(sheet.getByText('60%')).toBeInTheDocument();
    await page.getByLabelText('Rejected').fill('8');
    await expect.element(sheet.getByText('75%')).toBeInTheDocument();
    await page.getByLabelText('Rejected').fill('20');
    await expect.element(sheet.getByText(/24 accepted and 20 rejected are more than 40 drafted/)).toBeInTheDocument();
  });

  it('says nothing of two answers of which one was stopped', async () => {
    const engine = await openCourse('#learn/in-practice');
    await page.getByRole('button', { name: 'Ask endpoint A' }).click();
    await expect.element(page.getByRole('button', { name: 'Ask endpoint B' })).toBeEnabled();
    engine.options.hold = 3;
    await page.getByRole('button', { name: 'Ask endpoint B' }).click();
    await expect.poll(() => document.querySelectorAll('.endpoint-text')[1]?.textContent?.split(' ').length ?? 0).toBeGreaterThan(2);
    await page.getByRole('button', { name: /^Stop/ }).click();
    await expect.element(page.getByRole('button', { name: 'Ask endpoint B' })).toBeEnabled();
    await expect.element(page.getByText(/^The (two )?answers /)).not.toBeInTheDocument();
    engine.options.hold = null;
    await page.getByRole('button', { name: 'Ask endpoint B' }).click();
    await expect.element(page.getByText(/^The two answers are the same/)).toBeInTheDocument();
  });

  it('is read by the keyboard alone: a term, a run, the next lesson', async () => {
    await openCourse('#learn/why-slow');
    const term = page.getByRole('button', { name: 'token', exact: true }).first();
    await expect.element(term).toBeInTheDocument();
    await tabTo(term.element());
    await expect.element(page.getByRole('tooltip')).toHaveTextContent('A piece of text that a model reads and writes as a unit');
    expect(focused()?.getAttribute('aria-describedby')).toBe(page.getByRole('tooltip').element().id);
    await userEvent.keyboard('{Escape}');
    await expect.element(page.getByRole('tooltip')).not.toBeInTheDocument();
    await tabTo(page.getByRole('button', { name: 'Run it' }).element());
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText(/^60 passes for 60 tokens: one each/)).toBeInTheDocument();
    expect(useRun.getState().events[0]).toMatchObject({ prompt: 'Tell a short story about a fox who finds a bell.' });
    await tabTo(page.getByRole('link', { name: /^Next/ }).element());
    await userEvent.keyboard('{Enter}');
    await expect.element(heading('The intern and the editor')).toBeInTheDocument();
    await expect.poll(() => focused() === heading('The intern and the editor').element()).toBe(true);
  });
});

describe.each(['light', 'dark'])('in the %s theme', (theme) => {
  it.each([
    [1280, 800],
    [390, 844],
  ])('axe finds nothing in the course at %i × %i', async (width, height) => {
    await page.viewport(width, height);
    document.documentElement.style.colorScheme = theme;
    await openCourse('#learn');
    await expect.element(heading('Learn')).toBeInTheDocument();
    expect(await violations(theme)).toEqual([]);
    const found: Record<string, string[]> = {};
    for (const path of PATHS) {
      location.hash = `#learn/${path}`;
      await untilThere(path);
      const here = await violations(theme);
      if (here.length > 0) found[path] = here;
    }
    expect(found).toEqual({});
  });
});

it('fits a window of 360 pixels, every page of it', async () => {
  await page.viewport(360, 740);
  await openCourse('#learn');
  for (const path of PATHS) {
    location.hash = `#learn/${path}`;
    await untilThere(path);
    expect(document.documentElement.scrollWidth, path).toBeLessThanOrEqual(document.documentElement.clientWidth);
  }
});
