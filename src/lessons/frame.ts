/** How a question is asked, apart from its topic: "Why not?", "Should I?" and "Who?" want other answers on one subject. */
import { unnamed } from './subject';
import { stem } from './words';

/** What points at a subject instead of naming it. */
const POINTERS = /\b(?:this|that)\b/g;

/** Words that turn a question into another one. */
const TURNING = new Set(['how', 'not', 'what', 'when', 'where', 'which', 'who', 'whose', 'why'].map(stem));
/** Words that may as well be left out. */
const LOOSE = new Set(
  ['a', 'an', 'the', 'do', 'does', 'did', 'is', 'are', 'at', 'to', 'just', 'really', 'then', 'and', 'so', 'still'].map(stem),
);
const WEIGHTS = { turning: 3, loose: 0.5, other: 1 };

/** How alike two questions are asked, by their frames, 0 to 1: the weight of the words in both, the empty ones included, over that of all. */
export function likeness(first: ReadonlySet<string>, second: ReadonlySet<string>): number {
  const both = weightOf(first) + weightOf(second);
  return both === 0 ? 0 : (2 * weightOf([...first].filter((word) => second.has(word)))) / both;
}

/** The words of `question`, empty ones too, without their endings: the subject's name is "it", and every negation is "not". */
export function frameOf(question: string): Set<string> {
  const spelled = unnamed(question, 'it')
    .toLowerCase()
    .replace(POINTERS, 'it')
    .replace(/\bcann?['’]?(?:ot|t)\b/g, 'can not')
    .replace(/\bwon['’]?t\b/g, 'will not')
    .replace(/\b(do|does|did|is|are|was|were|has|have|had|should|would|could|must|need)n['’]?t\b/g, '$1 not')
    .replace(/\b(?:never|no|nor|without)\b/g, 'not')
    .replace(/\bhow come\b/g, 'why');
  return new Set((spelled.match(/[\p{L}\p{N}]+/gu) ?? []).map(stem));
}

function weightOf(words: Iterable<string>): number {
  let sum = 0;
  for (const word of words) sum += WEIGHTS[TURNING.has(word) ? 'turning' : LOOSE.has(word) ? 'loose' : 'other'];
  return sum;
}
