import { describe, expect, it } from 'vitest';
import { expectedTokens } from '../../src/core/cost/cost';
import { LESSONS } from '../../src/lessons';
import { pairQuestion } from '../../src/lessons/pairQuestions';
import { COMMON_QUESTIONS } from '../../src/lessons/questions';
import { Index } from '../../src/lessons/search';
import { PASSAGES, SOURCES } from '../../src/lessons/sources';
import { type Ground, knowledgeOf, type Reply, replyTo } from '../../src/lessons/tutor';
import { isLight, stemsOf } from '../../src/lessons/words';
import { ASKED, ASKED_LATER, ELSEWHERE, ELSEWHERE_LATER } from './support/tutorQuestions';

/** A ground by its name: a common question's or a term's id, or lesson and section. */
function nameOf(ground: Ground): string {
  if (ground.kind === 'question') return ground.question.id;
  return ground.kind === 'term' ? ground.term.id : `${ground.passage.lesson}/${ground.passage.section ?? ''}`;
}

/** What a reply shows: the ground of its answer and what else is near, or the nearest grounds. */
function shownBy(reply: Reply): string[] {
  if (reply.kind === 'none') return [];
  return (reply.kind === 'answer' ? [reply.ground, ...reply.more] : reply.grounds).map(nameOf);
}

/** The one ground that a question is answered from. */
function groundOf(question: string): string | null {
  const reply = replyTo(question);
  return reply.kind === 'answer' ? nameOf(reply.ground) : null;
}

describe('the tutor', () => {
  it.each([
    ['What is speculative decoding?', 'what-is-it'],
    ['Why is decoding slow?', 'why-slow'],
    ['What happens at a rejection?', 'rejection'],
    ['Does it change the output?', 'same-output'],
    ['is the output dumber', 'same-output'],
    ['What if it is wrong half of the time?', 'half-wrong'],
    ['Is it worth it for small models?', 'small-target'],
    ['must they share a tokenizer', 'tokenizer'],
    ['What does the draft cost in memory?', 'memory'],
    ['How many per cent does verification add?', 'verification-cost'],
    ['what is num_speculative_tokens', 'draft-length'],
    ['How do I choose gamma?', 'draft-length'],
    ['Should I quantise instead?', 'quantisation'],
    ['How do I set it up in vLLM?', 'vllm'],
    ['Who invented speculative decoding?', 'origin'],
    ['Does batching help?', 'batch'],
    ['What is the bonus token?', 'bonus'],
    ['roofline', 'roofline'],
    ['what does lossless mean', 'lossless'],
    ['Is speculativ decodng lossless?', 'same-output'],
  ])('answers "%s" from the right place', (question, ground) => {
    expect(groundOf(question)).toBe(ground);
  });

  it.each([
    ['own', ASKED],
    ['a stranger’s', ASKED_LATER],
  ])(
    'shows what answers a question among its three nearest grounds, of nine questions in ten, of two in three straight away, and is rarely wrong: %s',
    (_, questions) => {
      const asked = Object.entries(questions);
      const shown = asked.filter(([question, right]) =>
        shownBy(replyTo(question)).some((name) => right.includes(name.split('/')[0] ?? name)),
      );
      const answered = asked.filter(([question]) => groundOf(question) !== null);
      const straight = answered.filter(([question, right]) => right.includes(groundOf(question) ?? ''));
      expect(shown.length / asked.length).toBeGreaterThan(0.9);
      expect(straight.length / asked.length).toBeGreaterThan(0.66);
      expect((answered.length - straight.length) / asked.length).toBeLessThan(0.04);
    },
  );

  it.each([
    ['what happens after a token gets rejected', 'rejection'],
    ['what goes on when the target rejects a token', 'rejection'],
    ['does it still help when 100 users send requests at the same time', 'batch'],
    ['Does it help if a lot of users keep asking at once?', 'batch'],
    ['when should I not use speculative decoding', 'slower'],
    ['What do the underlines mean?', 'page-marks'],
    ['Does my prompt get sent to a server?', 'page-private'],
    ['Does this page work without a network?', 'page-offline'],
    ['How do I get a link to my run?', 'page-share'],
  ])('answers "%s" by what it is about and how it is asked', (question, ground) => {
    expect(groundOf(question)).toBe(ground);
  });

  it('shows where it does not pay, and never what it is, where a question of empty words is negated', () => {
    for (const question of [
      'who should not use speculative decoding?',
      'why wouldn’t I always use it',
      'When is speculation not for me?',
    ]) {
      expect(groundOf(question)).not.toBe('what-is-it');
      expect(shownBy(replyTo(question)), question).toContain('slower');
    }
  });

  it('gives one answer to a question whether the subject is named or is "it"', () => {
    const wordings = COMMON_QUESTIONS.flatMap(({ ask, also }) => [ask, ...also]);
    const pairs = wordings.flatMap((wording) =>
      [
        wording.replace(/\b(?:it|this)\b(?! (?:page|machine))/gi, 'speculative decoding'),
        wording.replace(/\bspeculative decoding\b/gi, 'it'),
      ]
        .filter((other) => other !== wording)
        .map((other) => [wording, other] as const),
    );
    expect(pairs.length).toBeGreaterThan(100);
    const first = (question: string) => [replyTo(question).kind, shownBy(replyTo(question))[0]];
    expect(pairs.filter(([wording, other]) => String(first(wording)) !== String(first(other)))).toEqual([]);
  });

  it.each([...ELSEWHERE, ...ELSEWHERE_LATER, 'Tell me a joke', 'asdf qwer', 'What time is it?', '', '?!', '<img src=x onerror=alert(1)>'])(
    'says of "%s" that it is about something else',
    (question) => {
      expect(replyTo(question)).toEqual({ kind: 'none' });
    },
  );

  it('answers with a whole text or with whole sentences, and never cuts a list, a table or code', () => {
    for (const question of Object.keys(ASKED)) {
      const reply = replyTo(question);
      if (reply.kind !== 'answer' || reply.ground.kind !== 'passage') continue;
      const { text } = reply.ground.passage;
      expect(PASSAGES).toContain(reply.ground.passage);
      expect(text).toContain(reply.text);
      if (text.includes('\n')) expect(reply.text).toBe(text);
      expect(reply.text, question).toMatch(/[.!?”)}'`\w]$/);
    }
    const tables = PASSAGES.filter(({ text }) => text.includes('\n– '));
    expect(tables.length).toBeGreaterThan(5);
    expect(replyTo('Which option of SGLang sets the number of draft tokens?').kind).not.toBe('none');
  });
});

describe('the common questions', () => {
  const sections = new Set(PASSAGES.map(({ lesson, section }) => `${lesson}/${section}`));

  it('each have an address, an answer of a few sentences, and a place of a lesson that there is', () => {
    expect(new Set(COMMON_QUESTIONS.map(({ id }) => id)).size).toBe(COMMON_QUESTIONS.length);
    for (const { id, answer, lesson, section } of COMMON_QUESTIONS) {
      if (lesson !== null) {
        expect(
          LESSONS.some((each) => each.id === lesson),
          id,
        ).toBe(true);
        expect(sections, id).toContain(`${lesson}/${section}`);
      }
      expect(answer.length, id).toBeGreaterThan(100);
      expect(answer.length, id).toBeLessThan(560);
      // Whether yes or no answers depends on how it was asked.
      expect(answer, id).not.toMatch(/^(?:Yes|No)\b/);
      expect(answer, id).not.toMatch(/[|*`]|\]\(/);
    }
  });

  it('have no wording twice: each is answered from its own question, or by a term’s definition as well', () => {
    const isAnswered = (wording: string, id: string) => {
      const reply = replyTo(wording);
      if (reply.kind !== 'answer') return false;
      return nameOf(reply.ground) === id || (reply.ground.kind === 'term' && shownBy(reply).includes(id));
    };
    const missed = COMMON_QUESTIONS.flatMap(({ id, ask, also }) =>
      [ask, ...also].filter((wording) => !isAnswered(wording, id)).map((wording) => `${id}: ${wording}`),
    );
    expect(missed).toEqual([]);
  });

  it('are shown, in seven of ten wordings, to one who asks in a wording that the tutor does not have', () => {
    const folds = 5;
    const shown = Array.from({ length: folds }, (_, fold) => {
      const isLeftOut = (index: number) => index % folds === fold;
      const known = knowledgeOf(COMMON_QUESTIONS.map((question) => ({ ...question, also: question.also.filter((_, i) => !isLeftOut(i)) })));
      return COMMON_QUESTIONS.flatMap(({ id, also }) =>
        also.filter((_, i) => isLeftOut(i)).map((wording) => shownBy(replyTo(wording, known)).includes(id)),
      );
    }).flat();
    expect(shown).toHaveLength(COMMON_QUESTIONS.reduce((sum, { also }) => sum + also.length, 0));
    expect(shown.filter(Boolean).length / shown.length).toBeGreaterThan(0.7);
  });
});

describe('figures in the course’s prose', () => {
  const prose = [...SOURCES.values(), ...COMMON_QUESTIONS.map(({ answer }) => answer)].join('\n');
  const two = (value: number) => value.toFixed(2);

  it('of tokens a round follow from the acceptance rate', () => {
    expect(prose).toContain(`With α = 0.8 and γ = 4 that is ${expectedTokens(0.8, 4).toFixed(1)}.`);
    expect(prose).toContain(`With γ = 2 a round still adds 1 + 0.5 + 0.25 = ${two(expectedTokens(0.5, 2))} tokens.`);
    expect(expectedTokens(0.5, 16)).toBeLessThan(2);
    expect(prose).toContain('no length adds more than 2 tokens a round');
  });

  it('of chances and prices are what they say', () => {
    expect(prose).toContain(`the fourth with ${two(0.8 ** 4)}, the eighth with ${two(0.8 ** 8)}`);
    const price = 4 * 0.1 + 1.2;
    for (const alpha of [0.8, 0.4]) {
      expect(prose).toContain(`adds ${two(expectedTokens(alpha, 4))}`);
      expect(prose).toContain(`a token costs ${two(price / expectedTokens(alpha, 4))}`);
    }
  });
});

describe('the pair in the page', () => {
  it('is asked what it has learnt, in the words that it knows', () => {
    expect(pairQuestion('what is speculative decoding')).toBe('What is speculative decoding?');
    expect(pairQuestion('Why is decoding so slow?')).toBe('Why is decoding slow?');
    expect(pairQuestion('When does it not help?')).toBe('When does speculative decoding not help?');
    expect(pairQuestion('Who should not use it?')).toBeNull();
  });

  it('is not asked anything else', () => {
    expect(pairQuestion('Who won the world cup?')).toBeNull();
    expect(pairQuestion('How do I set it up in vLLM?')).toBeNull();
  });
});

describe('the words of a question', () => {
  it('are empty in every form, whatever the verb', () => {
    expect(stemsOf('gets getting goes going gives giving asks asked asking happens tries puts putting lets looked')).toEqual([]);
  });

  it('keep their meaning where a form of an empty word has one of its own', () => {
    expect(stemsOf('a user’s car, clear and careful')).toContain('car');
    expect(stemsOf('clear')).toEqual(['clear']);
  });

  it('weigh little where they count or say when', () => {
    for (const word of ['hundred', 'thousand', 'dozen', 'send', 'sends']) expect(stemsOf(word).every(isLight), word).toBe(true);
    expect(stemsOf('64, 100, a lot of, at the same time, at once')).toEqual([]);
  });
});

describe('the index', () => {
  const index = new Index([
    { heading: 'Birds', text: 'A bird sings in the morning.' },
    { heading: 'Fish', text: 'Fishes swim. A fish does not sing.' },
  ]);

  it('finds nothing for words that are nowhere, and weighs them against what it does find', () => {
    expect(index.find('quarks')).toEqual([]);
    const [hit] = index.find('singing quarks');
    expect(hit?.coverage).toBeLessThan(0.5);
  });

  it('joins the forms of a word, forgives one slip in a long one, and counts the heading', () => {
    expect(index.find('swimming fishes')[0]?.entry.heading).toBe('Fish');
    expect(index.find('birds')[0]?.entry.heading).toBe('Birds');
    expect(index.find('mornnig')[0]?.entry.heading).toBe('Birds');
    // "watching" is a word of its own, not a slip in another.
    expect(new Index([{ heading: '', text: 'Batching' }]).find('watching')).toEqual([]);
  });
});
