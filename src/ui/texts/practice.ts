import { formatCount } from '../format';

export const practice = {
  heading: 'Guided practice',
  intro:
    'First find the mistakes in a prepared text. Then take three steps on an example of your own, and compare it with what you need. Each box shows what somebody wrote for another example; this browser keeps yours.',
  exampleMark: 'For example:',
  /** One example, filled in. */
  filledIn: {
    prompt: 'Fill in this form as JSON: name, address and the three items of this order.',
    explanation:
      'A small model guesses the next pieces of the JSON, such as the field names and the quotation marks, and the large model checks them in one pass. Fields are easy, so it is always faster; the customer’s address may be harder. [Marked: “always” as too broad, “may be” as uncertain.]',
    detail: 'The field names are already in the prompt.',
    steps: [
      {
        step: 'Try n-gram drafting, which copies from the prompt and needs no second model.',
        doubt: 'The values are new text, and n-gram drafting finds nothing for them.',
      },
      { step: 'Draft eight tokens at a time instead of four.', doubt: 'A wrong guess in an address would discard up to seven tokens.' },
    ],
    source: 'Leviathan, Kalman and Matias 2023, section 2.',
    found:
      'There it is called the approximation model: a more efficient model for the same task. It need not be of one family, but it must share the vocabulary.',
    goal: 'The form should be there in one second instead of two.',
    constraints: '8 GB of graphics memory, one user at a time; the JSON must be the large model’s own.',
    verdict:
      'N-gram drafting fits my memory and part of my text. I would no longer write “always”: I have to measure the acceptance rate on real orders.',
  },
  planted: {
    title: 'To warm up: find the mistakes',
    words: (count: number) =>
      `Somebody explains speculative decoding. ${formatCount(count)} statements in it are false or too broad: mark a word in each.`,
    name: 'An explanation with mistakes, to be marked',
    keys: 'With the arrow keys you go from word to word; Enter or the space bar marks.',
    kinds: { wrong: 'marked as wrong' },
    check: 'Check',
    again: 'Begin again',
    score: (found: number, all: number) => `${formatCount(found)} of ${formatCount(all)} found.`,
    elsewhere: (count: number) =>
      count === 0 ? '' : `${formatCount(count)} marked ${count === 1 ? 'word' : 'words'} where nothing is wrong.`,
    found: 'Found.',
    missed: 'Missed.',
  },
  example: {
    title: 'Your example',
    label: 'A prompt of yours',
    hint: 'Something short that you might ask: a form to fill in, a function, a story.',
    run: 'Run it here',
    note: 'The pair in this page is small: watch how it is decoded, not how wise the answer is.',
  },
  explain: {
    title: '1. Explain it simply, and doubt it',
    words:
      'Explain in your own words, to somebody who knows nothing about it, how speculative decoding would treat your example. Then read it again, and mark what sounds uncertain or too broad.',
    label: 'Your explanation',
    marking: 'Mark words: once for uncertain, twice for too broad, a third time for neither.',
    marked: 'Your explanation, to be marked',
    kinds: { uncertain: 'uncertain', broad: 'too broad' },
    weigh: (words: string) => `Worth a second look: ${words}. You decide.`,
    counts: (uncertain: number, broad: number) => `${uncertain} uncertain, ${broad} too broad`,
    empty: 'What you write above appears here.',
    keys: 'With the arrow keys you go from word to word; Enter or the space bar marks.',
  },
  next: {
    title: '2. One detail, two next steps',
    words:
      'Choose one detail of your example: a length, a kind of text, a device. Write down two things that you might try next, and for each a reason why it might be wrong.',
    detail: 'The detail',
    step: (number: number) => `Next step ${number}`,
    doubt: (number: number) => `Why step ${number} might be wrong`,
  },
  check: {
    title: '3. Check one term: “draft model”',
    words: 'Read what a trusted source says a draft model is, and compare it with this course’s definition.',
    ours: 'This course says',
    sources: 'Sources to trust more than a random page',
    source: 'Which source you read',
    found: 'What it says, in your own words, and where it differs',
    list: [
      {
        name: 'Leviathan, Kalman and Matias 2023, “Fast Inference from Transformers via Speculative Decoding”, section 2 (there: approximation model)',
        at: 'https://arxiv.org/abs/2211.17192',
      },
      {
        name: 'Chen et al. 2023, “Accelerating Large Language Model Decoding with Speculative Sampling”',
        at: 'https://arxiv.org/abs/2302.01318',
      },
      { name: 'vLLM’s documentation, “Draft Models”', at: 'https://docs.vllm.ai/en/latest/features/speculative_decoding/draft_model/' },
    ],
  },
  compare: {
    title: 'Compare with your own',
    words: 'Does what you explained hold for you?',
    goal: 'Your goal: what should be faster, and how much would be enough?',
    constraints: 'Your constraints: memory, hardware, requests at a time, what must not change',
    verdict: 'What in your explanation still holds, and what would you now write differently?',
  },
  kept: 'Kept in this browser.',
  notKept: 'Not kept: this browser has the progress of a newer version.',
};
