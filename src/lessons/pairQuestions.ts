import { frameOf, likeness } from './frame';
import { Index } from './search';
import { stemsOf } from './words';

/** Questions that the embedded pair has learnt to answer, as it knows them: in other words, or on other matters, its text does not read well. */
export const PAIR_QUESTIONS: readonly string[] = [
  'What is speculative decoding?',
  'What is a draft model?',
  'What is the target model?',
  'What is the acceptance rate?',
  'What is a good acceptance rate?',
  'Does speculative decoding change the output?',
  'What happens when a token is rejected?',
  'What is a bonus token?',
  'What is the residual distribution?',
  'What is a corrected token?',
  'When is a token accepted?',
  'When does speculative decoding help?',
  'When does speculative decoding not help?',
  'How much faster is speculative decoding?',
  'What is the draft length?',
  'Why is decoding slow?',
  'Why can the target check several tokens at once?',
  'Explain it with an intern and an editor.',
  'What does speculative decoding cost?',
  'What is break-even?',
  'How small should the draft be?',
  'What is a token?',
  'What is a KV cache?',
  'What is verification?',
  'Who invented speculative decoding?',
  'What is prompt lookup?',
  'What is temperature?',
  'Should I use a smaller model instead?',
  'How do I measure the speedup?',
];

const index = new Index(PAIR_QUESTIONS.map((text) => ({ heading: '', text })));

/** Those with only empty words and the subject's name, which differ only in how they are asked. */
const bare = PAIR_QUESTIONS.filter((text) => stemsOf(text).length === 0).map((text) => ({ text, frame: frameOf(text) }));

/** Less of a question than this in common, and the pair is not asked. */
const LEAST_COVERAGE = 0.75;
/** Asked less alike than this, and it is not either. */
const LEAST_ALIKE = 0.8;

/** The question nearest to `question` that the pair can answer; null if it cannot. */
export function pairQuestion(question: string): string | null {
  if (stemsOf(question).length === 0) return alikeTo(question);
  const [best] = index.find(question).filter(({ coverage }) => coverage >= LEAST_COVERAGE);
  return best?.entry.text ?? null;
}

function alikeTo(question: string): string | null {
  const frame = frameOf(question);
  const [best] = bare
    .map((each) => ({ text: each.text, alike: likeness(frame, each.frame) }))
    .filter(({ alike }) => alike >= LEAST_ALIKE)
    .sort((a, b) => b.alike - a.alike);
  return best?.text ?? null;
}
