/** Rules that a right answer satisfies, read from what was asked. They judge form and fact alike, but only where a prompt fixes the answer. */

/** Kinds of text, by what they are like to draft. `own`: none of the others. */
export const TEXT_KINDS = ['story', 'json', 'code', 'counting', 'copy', 'answers', 'hard', 'own'] as const;
export type TextKind = (typeof TEXT_KINDS)[number];

/** `cut`: it had not ended when its tokens did, so nothing can be said of it. */
export type QualityVerdict = 'right' | 'wrong' | 'cut';

/** The marks that end a turn in chat templates, such as <|end|> or </s>. */
const END_OF_TURN = /<\|[a-z_]{1,20}\|>|<\/s>/i;

/** What a run answered, of the text that it wrote. Runs of one length go on past the end mark; what follows is not part of the answer. */
export function answerOf(text: string): { readonly answer: string; readonly ended: boolean } {
  const end = text.search(END_OF_TURN);
  return end === -1 ? { answer: text, ended: false } : { answer: text.slice(0, end), ended: true };
}

/** The kind that a prompt of a person's own most likely is. */
export function kindOf(prompt: string): TextKind {
  if (/\brandom (words|numbers|letters)\b/i.test(prompt)) return 'hard';
  if (/^(copy|repeat|rewrite)\b/i.test(prompt)) return 'copy';
  if (/\bjson\b/i.test(prompt)) return 'json';
  if (/\bfunction\b/i.test(prompt)) return 'code';
  if (askedNumbers(prompt)) return 'counting';
  return /\bstory\b/i.test(prompt) ? 'story' : 'own';
}

/**
 * Whether the answer in `text` is right by the rule of its kind.
 *
 * @param ended whether the run ended by itself, its end mark no part of `text`
 * @returns null if the kind, or the prompt, has no rule
 */
export function judgeAnswer(kind: TextKind, prompt: string, text: string, ended = false): QualityVerdict | null {
  const rule = ruleFor(kind, prompt);
  if (!rule) return null;
  const found = answerOf(text);
  if (!found.ended && !ended) return 'cut';
  return rule(found.answer.trim()) ? 'right' : 'wrong';
}

type Rule = (answer: string) => boolean;

function ruleFor(kind: TextKind, prompt: string): Rule | null {
  switch (kind) {
    case 'json':
      return (answer) => isRecordOf(answer, prompt);
    case 'code':
      return isFunction;
    case 'counting': {
      const numbers = askedNumbers(prompt);
      return numbers && ((answer) => (answer.match(/-?\d+/g) ?? []).join() === numbers.join());
    }
    case 'copy': {
      const copy = askedCopy(prompt);
      return copy === null ? null : (answer) => answer === copy;
    }
    case 'hard': {
      const count = /\b(\d+) random\b/i.exec(prompt)?.[1];
      return count === undefined ? null : (answer) => answer.split(', ').length === Number(count);
    }
    default:
      return null;
  }
}

/** A JSON object with at least one field, whose values all occur in the sentence that it was made from, and all the sentence's numbers among them. */
function isRecordOf(answer: string, sentence: string): boolean {
  const record = parsed(answer);
  if (record === null || typeof record !== 'object' || Array.isArray(record)) return false;
  const values = leavesOf(record);
  const said = sentence.toLowerCase();
  const numbers = sentence.match(/\d+(\.\d+)?/g) ?? [];
  const text = values.join(' ');
  return (
    values.length > 0 &&
    values.every((value) => typeof value === 'boolean' || said.includes(String(value).toLowerCase())) &&
    numbers.every((number) => text.includes(number))
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function leavesOf(value: unknown): unknown[] {
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(leavesOf) : [value];
}

const BRACKETS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** A function of Python or of JavaScript's family: it has a name, every bracket outside of strings and comments is closed in order, and a body of Python's is indented. */
function isFunction(answer: string): boolean {
  const python = /^\s*def \w+\(.*\).*:\s*$/m.test(answer);
  const named = python || /\bfunction \w+\s*(<[^>]*>)?\(/.test(answer) || /\b(const|let) \w+ = (async )?\(?[\w\s,:]*\)? *=>/.test(answer);
  return named && isBalanced(answer) && (!python || hasIndentedBodies(answer));
}

/** Whether every bracket outside of strings and comments is closed in order. */
export function isBalanced(code: string): boolean {
  const bare = code.replace(
    /"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*|#[^\n]*/g,
    '',
  );
  if (/["'`]/.test(bare)) return false;
  const open: string[] = [];
  for (const sign of bare) {
    if ('([{'.includes(sign)) open.push(sign);
    else if (sign in BRACKETS && open.pop() !== BRACKETS[sign]) return false;
  }
  return open.length === 0;
}

/** Whether every line that opens a block of Python's is followed by one that is indented further. */
function hasIndentedBodies(code: string): boolean {
  const lines = code.split('\n').filter((line) => line.trim() !== '');
  const indentOf = (line: string | undefined) => (line === undefined ? -1 : line.search(/\S/));
  return lines.every((line, i) => !/:\s*(#.*)?$/.test(line) || indentOf(lines[i + 1]) > indentOf(line));
}

/** The numbers that an answer must consist of; null if the prompt fixes none. */
function askedNumbers(prompt: string): number[] | null {
  const range = /\b(down )?from (\d+) to (\d+)(?:.*?\b(?:by|steps of) (\d+))?/i.exec(prompt);
  if (!range || !/\b(count|list|numbers)\b/i.test(prompt)) return null;
  const [from, to, step] = [Number(range[2]), Number(range[3]), Number(range[4] ?? 1)];
  if (step === 0 || Math.abs(to - from) / step > 10_000) return null;
  const direction = from > to ? -1 : 1;
  return Array.from({ length: Math.floor(Math.abs(to - from) / step) + 1 }, (_, i) => from + direction * step * i);
}

/** The text that an answer must be, with the replacement that was asked for; null if the prompt asks for neither. */
function askedCopy(prompt: string): string | null {
  const [instruction = '', text] = splitOnce(prompt, ': ');
  if (text === undefined || !/^(copy|repeat|rewrite)\b/i.test(prompt)) return null;
  const named = /changed from (\w+) to (\w+)|with (\w+) changed to (\w+)/i.exec(instruction);
  const instead = /name (\w+) instead of (\w+)/i.exec(instruction);
  const [old, fresh] = named ? [named[1] ?? named[3], named[2] ?? named[4]] : instead ? [instead[2], instead[1]] : [];
  if (old === undefined || fresh === undefined) return /^rewrite\b/i.test(prompt) ? null : text.trim();
  return text.trim().replace(new RegExp(`\\b${old}\\b`, 'g'), fresh);
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
