import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { EMPTY_PROGRESS, writeProgress } from '../../src/formats/progress';
import { isRight } from '../../src/lessons/quiz/question';
import { restoreProgress, useProgress } from '../../src/store/course/progress';
import { beginQuiz, leaveQuiz, useQuiz } from '../../src/store/course/quiz';
import { useTutor } from '../../src/store/course/tutor';
import { violations } from './support/accessible';
import { openPage, prompt, runToEnd } from './support/openPage';

const STORED = 'foretoken.progress';
const focused = () => document.activeElement as HTMLElement | null;
const heading = (name: string) => page.getByRole('heading', { level: 2, name, exact: true });
const button = (name: string) => page.getByRole('button', { name, exact: true });

/** Opens a page of the course as a person does whose browser has `stored`. */
async function openTool(tool: string, stored: string | null = null, first: () => Promise<void> = async () => {}) {
  await openPage();
  await first();
  if (stored !== null) localStorage.setItem(STORED, stored);
  restoreProgress();
  location.hash = `#learn/${tool}`;
  await expect.poll(() => document.querySelector('.course-page h2')).not.toBeNull();
}

/** Presses Tab until `element` has the focus. */
async function tabTo(element: Element): Promise<void> {
  for (let presses = 0; presses < 80 && focused() !== element; presses++) await userEvent.keyboard('{Tab}');
  expect(focused()).toBe(element);
}

beforeEach(() => {
  localStorage.clear();
  leaveQuiz();
  useTutor.setState(useTutor.getInitialState());
});

afterEach(() => {
  location.hash = '';
});

/** Answers the question that is asked by keys alone, rightly or not. */
async function answerByKeys(rightly: boolean): Promise<void> {
  const { questions, at } = useQuiz.getState();
  const question = questions[at];
  if (!question) throw new Error('nothing is asked');
  if (question.form === 'single') {
    await userEvent.keyboard('{Tab} ');
    const wanted = rightly ? question.right : (question.right + 1) % question.options.length;
    for (let i = 0; i < wanted; i++) await userEvent.keyboard('{ArrowDown}');
  } else if (question.form === 'multiple' || question.form === 'mark') {
    const count = question.form === 'mark' ? question.tokens.length : question.options.length;
    const wanted = new Set(rightly ? question.right : [...Array(count).keys()]);
    for (let i = 0; i < count; i++) await userEvent.keyboard(wanted.has(i) ? '{Tab} ' : '{Tab}');
  } else if (question.form === 'number') {
    await userEvent.keyboard(`{Tab}${rightly ? question.value.toFixed(3) : '-1'}`);
  } else if (rightly) {
    for (let place = 0; place < question.steps.length; place++) {
      for (let from = useQuiz.getState().answer.indexOf(place); from > place; from--) {
        await tabTo(button(`Up: ${question.steps[place]}`).element());
        await userEvent.keyboard('{Enter}');
      }
    }
  }
}

describe('the quiz', () => {
  it('says beside its field that an answer is not a number', async () => {
    await openTool('quiz');
    const ask = { id: 'asked', lesson: 'idea', ask: 'How many?', given: null, explanation: 'Two.', form: 'number' } as const;
    beginQuiz([{ ...ask, value: 2, tolerance: 0, unit: '' }], false);
    const field = page.getByLabelText('Your answer');
    await field.click();
    await userEvent.keyboard('-');
    await expect.element(field).toHaveAccessibleDescription('This is not a number.');
    await userEvent.keyboard('2');
    await expect.element(field).not.toHaveAttribute('aria-describedby');
    expect(useQuiz.getState().answer).toEqual([-2]);
  });

  it('is taken by keys alone, says right and wrong with the reason, and keeps the score', async () => {
    await openTool('quiz');
    await tabTo(button('Begin').element());
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => useQuiz.getState().questions).toHaveLength(10);
    const { questions } = useQuiz.getState();
    expect(new Set(questions.map(({ form }) => form)).size).toBe(5);
    for (const [i, question] of questions.entries()) {
      await expect.element(heading(question.ask)).toBeInTheDocument();
      await expect.poll(() => focused() === heading(question.ask).element()).toBe(true);
      const rightly = i !== 1;
      await answerByKeys(rightly);
      const { answer } = useQuiz.getState();
      expect(isRight(question, answer), question.id).toBe(rightly);
      // Enter in an answer checks it too, and from there Enter goes on.
      if (i !== 0) await tabTo(button('Check').element());
      await userEvent.keyboard('{Enter}');
      await expect.element(page.getByText(rightly ? 'Right.' : 'Not right.', { exact: true })).toBeInTheDocument();
      await expect.element(page.getByText('The answer:')).toBeInTheDocument();
      expect(document.querySelector('.quiz-explanation')?.textContent).toContain(question.explanation);
      await userEvent.keyboard('{Enter}');
    }
    await expect.element(page.getByText(`${questions.length - 1} of ${questions.length} right`).first()).toBeInTheDocument();
    await expect.element(page.getByRole('table', { name: 'Your attempts' })).toBeInTheDocument();
    expect(useProgress.getState().progress.attempts).toHaveLength(1);
    restoreProgress();
    expect(Object.values(useProgress.getState().progress.attempts[0]?.answers ?? {})).toHaveLength(questions.length);
  });

  it('asks about the learner’s own last run where there is one', async () => {
    await openTool('quiz', null, async () => {
      await prompt().fill('A fox.');
      await page.getByLabelText('Most tokens').fill('60');
      await runToEnd();
    });
    await button('Begin').click();
    await expect.poll(() => useQuiz.getState().questions).toHaveLength(10);
    const { ownRun, questions } = useQuiz.getState();
    expect(ownRun).toBe(true);
    const at = questions.findIndex(({ form }) => form === 'mark');
    const marked = questions[at];
    // A token is asked about in its words: the text before it is in the same line.
    if (marked?.form !== 'mark') throw new Error('no tokens are asked about');
    useQuiz.setState({ at });
    await expect.poll(() => document.querySelector('.quiz-tokens .quiz-before')?.textContent).toBe(marked.before);
    expect(marked.before.length).toBeGreaterThan(10);
  });

  it('does not check an answer that is not given, and waits while another page is looked at', async () => {
    await openTool('quiz');
    await button('Begin').click();
    await tabTo(button('Check').element());
    await userEvent.keyboard('{Enter}');
    expect(useQuiz.getState().checked).toBe(false);
    location.hash = '#learn/words';
    await expect.element(heading('Key terms')).toBeInTheDocument();
    location.hash = '#learn/quiz';
    await expect.element(heading(useQuiz.getState().questions[0]?.ask ?? '')).toBeInTheDocument();
  });
});

describe('the guided practice', () => {
  it('keeps what was written and marked', async () => {
    await openTool('practice');
    await page.getByLabelText('A prompt of yours').fill('Tell me about rivers.');
    await page.getByLabelText('Your explanation', { exact: true }).fill('The draft always guesses well.');
    const own = page.getByRole('group', { name: 'Your explanation, to be marked' });
    const word = own.getByRole('button', { name: /^always/ });
    await word.click();
    await expect.element(word).toHaveAccessibleName('always, uncertain');
    await userEvent.keyboard('{Enter}');
    await expect.element(word).toHaveAccessibleName('always, too broad');
    await userEvent.keyboard('{ArrowLeft} ');
    await expect.element(page.getByText('1 uncertain, 1 too broad')).toBeInTheDocument();
    await expect.element(page.getByText(/Worth a second look: “always”/)).toBeInTheDocument();
    await page.getByLabelText('Next step 2').fill('A longer draft.');
    await page.getByLabelText('Why step 2 might be wrong').fill('It may be rejected.');
    await page.getByLabelText('Your goal: what should be faster, and how much would be enough?').fill('Twice.');
    restoreProgress();
    expect(useProgress.getState().progress.practice).toMatchObject({
      prompt: 'Tell me about rivers.',
      goal: 'Twice.',
      marks: [
        { kind: 'uncertain', from: 4, to: 9 },
        { kind: 'broad', from: 10, to: 16 },
      ],
      steps: [
        { step: '', doubt: '' },
        { step: 'A longer draft.', doubt: 'It may be rejected.' },
      ],
    });
    expect(await violations()).toEqual([]);
  });

  it('has a text with planted mistakes, counts what was found, and says what each is', async () => {
    await openTool('practice');
    const text = page.getByRole('group', { name: 'An explanation with mistakes, to be marked' });
    await expect.element(button('Check')).toHaveAttribute('aria-disabled', 'true');
    await text.getByRole('button', { name: 'always' }).click();
    await text.getByRole('button', { name: 'vocabulary' }).click();
    await text.getByRole('button', { name: 'correct', exact: true }).click();
    await expect.element(text.getByRole('button', { name: 'always, marked as wrong' })).toBeInTheDocument();
    await button('Check').click();
    await expect.element(page.getByText('2 of 6 found. 1 marked word where nothing is wrong.')).toBeInTheDocument();
    expect(document.querySelectorAll('.planted-solution li')).toHaveLength(6);
    expect(await violations()).toEqual([]);
    await button('Begin again').click();
    await expect.element(text.getByRole('button', { name: 'always', exact: true })).toBeInTheDocument();
  });

  it('shows one example filled in, beside every box', async () => {
    await openTool('practice');
    const boxes = [...document.querySelectorAll('.practice textarea')];
    expect(boxes).toHaveLength(12);
    for (const box of boxes) {
      const example = document.getElementById(box.getAttribute('aria-describedby') ?? '');
      expect(example?.textContent?.length ?? 0).toBeGreaterThan(30);
    }
  });

  it('runs the learner’s own prompt', async () => {
    await openTool('practice');
    await page.getByLabelText('A prompt of yours').fill('Tell me about rivers.');
    await button('Run it here').click();
    await expect.element(page.getByRole('log', { name: 'Output' })).toBeInTheDocument();
  });
});

describe('the tutor', () => {
  it('answers from the lessons with the passage and a link to it, and says where they do not', async () => {
    await openTool('tutor');
    await page.getByLabelText('Your question').fill('Why is decoding slow?');
    await userEvent.keyboard('{Enter}');
    await expect
      .element(page.getByRole('link', { name: 'Why decoding is slow: What the device does during the wait' }).first())
      .toBeInTheDocument();
    expect(document.querySelector('.tutor-answer')?.textContent).toContain('all the weights of the model to be read from memory');
    expect(await violations()).toEqual([]);
    await page.getByLabelText('Your question').fill('Who won the world cup?');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText(/^The lessons do not answer that/)).toBeInTheDocument();
    await page.getByRole('link', { name: 'Why decoding is slow: What the device does during the wait' }).first().click();
    const section = page.getByRole('heading', { level: 3, name: 'What the device does during the wait' });
    // The lesson is fetched when it is opened.
    await expect.element(section).toBeInTheDocument();
    await expect.poll(() => focused() === section.element()).toBe(true);
  });

  it('shows the three nearest passages where nothing surely answers', async () => {
    await openTool('tutor');
    await page.getByLabelText('Your question').fill('Which servers can do it?');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText('No passage answers that for certain. These are the nearest:')).toBeInTheDocument();
    expect(document.querySelectorAll('.tutor-near li')).toHaveLength(3);
    expect(await violations()).toEqual([]);
  });

  it('has the loaded pair write only what it has learnt, as a demonstration', async () => {
    await openTool('tutor');
    await button('Does it change the output?').click();
    await expect.element(page.getByText(/^A demonstration, not an authority/)).toBeInTheDocument();
    await button('Ask it: “Does speculative decoding change the output?”').click();
    await expect.element(page.getByRole('log', { name: 'Output' })).toBeInTheDocument();
    await page.getByLabelText('Your question').fill('Who won the world cup?');
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText(/^A demonstration, not an authority/)).not.toBeInTheDocument();
  });
});

describe('the common questions', () => {
  it('open at the one that the address names, with what this device measured or a button that measures it', async () => {
    await openTool('questions/good-rate');
    const asked = page.getByText('What is a good acceptance rate?');
    await expect.poll(() => focused() === asked.element()).toBe(true);
    await expect.element(page.getByText(/Not measured yet: no speculative run of yours/)).toBeInTheDocument();
    await button('Run a story').click();
    await expect.element(page.getByText(/In your last speculative run \d+% of \d+ judged drafts were accepted/)).toBeInTheDocument();
    expect(await violations()).toEqual([]);
  });

  it('are opened and closed by keys, and lead on to a lesson', async () => {
    await openTool('questions');
    const asked = page.getByText('Must both models share a tokenizer?');
    await tabTo(asked.element());
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText(/^The target judges/)).toBeInTheDocument();
    await page.getByRole('link', { name: 'Choosing the draft and its length: The draft: neither too big nor too small' }).click();
    const section = page.getByRole('heading', { level: 3, name: 'The draft: neither too big nor too small' });
    await expect.poll(() => focused() === section.element()).toBe(true);
  });
});

describe('progress', () => {
  const KEPT = writeProgress({ ...EMPTY_PROGRESS, lessons: { premise: { readAt: 1 } } });
  const file = (content: string) => new File([content], 'progress.json', { type: 'application/json' });
  const load = (content: string) => userEvent.upload(page.getByLabelText('Load progress from a file'), file(content));

  it('is put away and brought back, loaded from a file and taken back', async () => {
    await openTool('progress', KEPT);
    await expect.element(page.getByText('1 of 12 read')).toBeInTheDocument();
    await button('Begin the course again').click();
    await expect.element(page.getByText('0 of 12 read')).toBeInTheDocument();
    await page.getByRole('button', { name: /^Undo/ }).click();
    await expect.element(page.getByText('1 of 12 read')).toBeInTheDocument();
    await load(writeProgress({ ...EMPTY_PROGRESS, lessons: { premise: { readAt: 1 }, lossless: { readAt: 2 } } }));
    await expect.element(page.getByText('2 of 12 read')).toBeInTheDocument();
    await page.getByRole('button', { name: /^Undo/ }).click();
    await expect.element(page.getByText('1 of 12 read')).toBeInTheDocument();
    expect(JSON.parse(localStorage.getItem(STORED) ?? '')).toEqual(JSON.parse(KEPT));
  });

  it('refuses an invalid file with a clear message, and keeps the progress', async () => {
    await openTool('progress', KEPT);
    await load('{"format":"foretoken-progress","version":1,"lessons":4}');
    await expect.element(page.getByRole('alert')).toHaveTextContent('The progress cannot be read: lessons');
    expect(page.getByRole('alert').element().getAttribute('data-code')).toBe('progress-unreadable');
    await expect.element(page.getByText('1 of 12 read')).toBeInTheDocument();
    await load('<script>alert(1)</script>');
    await expect.element(page.getByRole('alert')).toHaveTextContent('it is not JSON');
    expect(localStorage.getItem(STORED)).toBe(KEPT);
    expect(await violations()).toEqual([]);
  });

  it('of a newer version is refused in a file', async () => {
    await openTool('progress', KEPT);
    await load('{"format":"foretoken-progress","version":7,"more":[]}');
    await expect.element(page.getByRole('alert')).toHaveTextContent('kept by a newer Foretoken (format 7; this page knows 1)');
    expect(localStorage.getItem(STORED)).toBe(KEPT);
  });

  it('of a newer version in the browser is left as it is, whatever is done', async () => {
    const newer = '{"format":"foretoken-progress","version":7,"more":[1]}';
    await openTool('premise', newer);
    await expect.element(page.getByRole('alert')).toHaveTextContent('This browser does not keep what you do now');
    await button('Mark as read').click();
    await expect.element(button('Mark as not read')).toBeInTheDocument();
    expect(localStorage.getItem(STORED)).toBe(newer);
  });

  it('that cannot be read in the browser is put aside before anything is written over it', async () => {
    await openTool('premise', '{"format":"foretoken-progress","version":1,"lessons"');
    await expect.element(page.getByRole('alert')).toHaveTextContent('The progress cannot be read: it is not JSON');
    await button('Mark as read').click();
    expect(localStorage.getItem('foretoken.progress.aside')).toBe('{"format":"foretoken-progress","version":1,"lessons"');
    expect(localStorage.getItem(STORED)).toContain('"premise"');
  });

  it('takes over what another tab has kept', async () => {
    await openTool('progress');
    localStorage.setItem(STORED, KEPT);
    dispatchEvent(new StorageEvent('storage', { key: STORED }));
    await expect.element(page.getByText('1 of 12 read')).toBeInTheDocument();
  });

  it('goes on unkept where the browser has no storage', async () => {
    await openTool('premise');
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    await button('Mark as read').click();
    await expect.element(button('Mark as not read')).toBeInTheDocument();
  });
});

describe.each(['light', 'dark'])('in the %s theme', (theme) => {
  it.each([
    [1280, 800],
    [390, 844],
  ])('axe finds nothing in the tools of the course at %i × %i, and nothing is too wide', async (width, height) => {
    await page.viewport(width, height);
    document.documentElement.style.colorScheme = theme;
    const found: Record<string, string[]> = {};
    const look = async (name: string) => {
      const here = await violations(theme);
      if (here.length > 0) found[name] = here;
      expect(document.documentElement.scrollWidth, name).toBeLessThanOrEqual(document.documentElement.clientWidth);
    };
    await openTool('quiz');
    await look('quiz');
    await button('Begin').click();
    await expect.poll(() => useQuiz.getState().questions).toHaveLength(10);
    const seen = new Set<string>();
    for (const [at, question] of useQuiz.getState().questions.entries()) {
      if (seen.has(question.form)) continue;
      seen.add(question.form);
      useQuiz.setState({ at, answer: question.form === 'order' ? [1, 0, 2, 3, 4] : [0], checked: false });
      await expect.element(heading(question.ask)).toBeInTheDocument();
      await look(question.form);
      await button('Check').click();
      await look(`${question.form}, checked`);
    }
    for (const tool of ['practice', 'questions', 'tutor', 'progress']) {
      location.hash = `#learn/${tool}`;
      await expect.poll(() => document.querySelector('.practice, .questions, .tutor, .progress-tools')).not.toBeNull();
      await look(tool);
    }
    expect(found).toEqual({});
  });
});
