import { FailureError } from '../core/failure';
import type { ModelText } from './pair';
import type { RunTask } from './tasks';

/** Up to so many characters a token, a prompt is tokenized without a look at the vocabulary. */
const USUAL_CHARACTERS = 16;

/** The most characters of a token, by what was looked through for it. */
const longest = new WeakMap<ModelText, number>();

/**
 * Refuses a prompt that cannot fit, whatever its tokens are: to tokenize one of a megabyte takes seconds in which nothing else here is answered.
 *
 * @param context tokens
 * @throws FailureError prompt-too-long
 */
export function checkCharacters(
  { prompt, turns, system = '', begun = '' }: RunTask,
  text: ModelText,
  context: number,
  vocabularySize: number,
): void {
  const parts = [prompt, system, begun, ...turns.flatMap(({ question, answer }) => [question, answer])];
  const characters = parts.reduce((sum, part) => sum + part.length, 0);
  if (characters <= context * USUAL_CHARACTERS || characters <= context * longestToken(text, vocabularySize)) return;
  throw new FailureError(
    'prompt-too-long',
    `The prompt has ${characters} characters, more than ${context} tokens, which these models hold.`,
    'Shorten the prompt and run again.',
  );
}

/** UTF-16 units; each token stands for as many of a text at most. */
function longestToken(text: ModelText, vocabularySize: number): number {
  const known = longest.get(text);
  if (known !== undefined) return known;
  let most = 1;
  for (let id = 0; id < vocabularySize; id++) most = Math.max(most, text.decode([id]).length);
  longest.set(text, most);
  return most;
}
