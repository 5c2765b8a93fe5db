/** Looks passages up by the words of a question: Okapi BM25 (Robertson and Zaragoza 2009), over stems and their synonyms. */

/** How fast a repeated word stops counting, and how much a long passage is held against itself; the usual values. */
const K1 = 1.2;
const B = 0.75;
/** What a word of the heading above a passage counts, in words of the passage. */
const HEADING_WEIGHT = 2;

/** Something that can be found. */
export interface Entry {
  readonly heading: string;
  readonly text: string;
}

export interface Hit<Item extends Entry> {
  readonly entry: Item;
  readonly score: number;
  /** Share of the question's weight that the entry's words cover, 0 to 1. A word that occurs nowhere has the most weight. */
  readonly coverage: number;
}

interface Indexed<Item extends Entry> {
  readonly entry: Item;
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

/** An index of a few hundred entries, made once. */
export class Index<Item extends Entry> {
  readonly #entries: readonly Indexed<Item>[];
  readonly #meanLength: number;
  readonly #frequency = new Map<string, number>();

  constructor(entries: readonly Item[]) {
    this.#entries = entries.map((entry) => {
      const counts = new Map<string, number>();
      for (const stem of stemsOf(entry.text)) counts.set(stem, (counts.get(stem) ?? 0) + 1);
      for (const stem of stemsOf(entry.heading)) counts.set(stem, (counts.get(stem) ?? 0) + HEADING_WEIGHT);
      let length = 0;
      for (const count of counts.values()) length += count;
      return { entry, counts, length };
    });
    this.#meanLength = this.#entries.reduce((sum, { length }) => sum + length, 0) / Math.max(1, this.#entries.length);
    for (const { counts } of this.#entries)
      for (const stem of counts.keys()) this.#frequency.set(stem, (this.#frequency.get(stem) ?? 0) + 1);
  }

  /** The entries that share a word with `question`, best first. */
  find(question: string): Hit<Item>[] {
    const stems = [...new Set(stemsOf(question))];
    const whole = stems.reduce((sum, stem) => sum + this.#weight(stem), 0);
    return this.#entries
      .map(({ entry, counts, length }) => {
        let [score, covered] = [0, 0];
        for (const stem of stems) {
          const count = counts.get(stem);
          if (!count) continue;
          const weight = this.#weight(stem);
          covered += weight;
          score += (weight * count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / this.#meanLength));
        }
        return { entry, score, coverage: whole === 0 ? 0 : covered / whole };
      })
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score);
  }

  /** Inverse document frequency; positive for every word. */
  #weight(stem: string): number {
    const n = this.#frequency.get(stem) ?? 0;
    return Math.log(1 + (this.#entries.length - n + 0.5) / (n + 0.5));
  }
}

const EMPTY_WORDS = new Set(
  `a about all allowed also an and any are as at be because been but by can could did do does each else every explain for from get give had has have how i
  if in into is it its just like made make makes matter matters me mean means more most much my need of on one only or other our please really say says she should
  so some such tell than that the their them then there these they this to too up us very was we were what where which who whom why will
  with would you your`.split(/\s+/),
);

/** Words that people for one thing; each becomes the first. */
const SYNONYMS: readonly (readonly string[])[] = [
  ['faster', 'quick', 'quicker', 'speed', 'speedup', 'fast', 'gain', 'win'],
  ['slow', 'slower', 'lose', 'loses', 'loss'],
  ['reject', 'rejection', 'wrong', 'refuse', 'struck'],
  ['accept', 'acceptance', 'kept', 'keep', 'alpha', 'α'],
  ['gamma', 'γ'],
  ['quality', 'better', 'worse'],
  ['lossless', 'identical', 'same', 'exact'],
  ['memory', 'vram', 'ram'],
  ['residual', 'leftover'],
  ['lookup', 'ngram', 'gram'],
  ['quantise', 'quantize', 'quantization', 'quantisation'],
  ['choose', 'choice', 'pick', 'select'],
  ['big', 'bigger', 'large', 'larger'],
  ['small', 'smaller', 'tiny'],
];
const CANONICAL = new Map(
  SYNONYMS.flatMap(([first = '', ...others]) => [first, ...others].map((word) => [stem(word), stem(first)] as const)),
);

/** The stems of `text` that carry meaning, in order. */
export function stemsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
    .filter((word) => !EMPTY_WORDS.has(word))
    .map(stem)
    .map((each) => CANONICAL.get(each) ?? each);
}

/** Cuts the commonest endings of English off, so that "drafts", "drafted" and "drafting" meet. */
function stem(word: string): string {
  const single = word.replace(/ies$/, 'y').replace(/s$/, '');
  return single.length < 5 ? single : single.replace(/(?:ing|ed|ly)$/, '').replace(/e$/, '');
}
