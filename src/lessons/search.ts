/** Looks entries up by the words of a question: Okapi BM25 (Robertson and Zaragoza 2009), over stems and their synonyms. */
import { isLight, stemsOf } from './words';

/** How fast a repeated word stops counting, and how much a long entry is held against itself; the usual values. */
const K1 = 1.2;
const B = 0.75;
/** What a word of the heading above an entry counts, in words of the entry. */
const HEADING_WEIGHT = 2;
/** From so many letters on a word that occurs nowhere may be a known one with a slip in it. */
const LONG_WORD = /\p{L}{6,}/gu;

/** Something that can be found. */
export interface Indexable {
  readonly heading: string;
  readonly text: string;
}

export interface Hit<Item extends Indexable> {
  readonly entry: Item;
  readonly score: number;
  /** Share of the question's weight that the entry's words cover, 0 to 1. A word that occurs nowhere has the most weight. */
  readonly coverage: number;
  /** The same by the words of the heading alone. */
  readonly headed: number;
  /** The same the other way round: share of the entry's weight that the question's words cover. */
  readonly share: number;
}

interface Indexed<Item extends Indexable> {
  readonly entry: Item;
  readonly counts: ReadonlyMap<string, number>;
  readonly heading: ReadonlySet<string>;
  readonly length: number;
  /** Weight of all its words together. */
  readonly weight: number;
}

/** How often each word occurs in a collection, and so how much it says. */
export class Rarity {
  readonly #size: number;
  readonly #frequency = new Map<string, number>();
  /** As they are written. */
  readonly #words: ReadonlySet<string>;

  constructor(texts: readonly string[]) {
    this.#size = texts.length;
    this.#words = new Set(texts.flatMap((text) => text.toLowerCase().match(LONG_WORD) ?? []));
    for (const text of texts) for (const stem of new Set(stemsOf(text))) this.#frequency.set(stem, (this.#frequency.get(stem) ?? 0) + 1);
  }

  /** Inverse document frequency; positive for every word, and highest for one that occurs nowhere. */
  weight(stem: string): number {
    const n = this.#frequency.get(stem) ?? 0;
    return Math.log(1 + (this.#size - n + 0.5) / (n + 0.5));
  }

  weightOf(stems: Iterable<string>): number {
    let sum = 0;
    for (const stem of stems) sum += this.weight(stem);
    return sum;
  }

  /** The stems of a question, each once; a slip in a long word is put right where just one letter is between it and a known word. */
  read(question: string): string[] {
    const spelled = question
      .toLowerCase()
      .replace(LONG_WORD, (word) => (this.#words.has(word) || stemsOf(word).every(isLight) ? word : (this.#meant(word) ?? word)));
    return [...new Set(stemsOf(spelled))];
  }

  #meant(word: string): string | null {
    for (const known of this.#words) if (oneSlip(word, known)) return known;
    return null;
  }
}

/** An index of a few hundred entries, made once. */
export class Index<Item extends Indexable> {
  readonly #entries: readonly Indexed<Item>[];
  readonly #meanLength: number;
  readonly #rarity: Rarity;

  /** @param rarity of the words in a larger collection; without one, of the entries' own */
  constructor(entries: readonly Item[], rarity = new Rarity(entries.map(({ heading, text }) => `${heading} ${text}`))) {
    this.#rarity = rarity;
    this.#entries = entries.map((entry) => {
      const counts = new Map<string, number>();
      for (const stem of stemsOf(entry.text)) counts.set(stem, (counts.get(stem) ?? 0) + 1);
      for (const stem of stemsOf(entry.heading)) counts.set(stem, (counts.get(stem) ?? 0) + HEADING_WEIGHT);
      let length = 0;
      for (const count of counts.values()) length += count;
      return { entry, counts, heading: new Set(stemsOf(entry.heading)), length, weight: rarity.weightOf(counts.keys()) };
    });
    this.#meanLength = this.#entries.reduce((sum, { length }) => sum + length, 0) / Math.max(1, this.#entries.length);
  }

  /** The entries that share a word with `question`, best first. */
  find(question: string): Hit<Item>[] {
    const stems = this.#rarity.read(question);
    const heavy = this.#rarity.weightOf(stems.filter((stem) => !isLight(stem)));
    return this.#entries
      .map(({ entry, counts, heading, length, weight: own }) => {
        let [score, covered, headed, light] = [0, 0, 0, 0];
        for (const stem of stems) {
          const count = counts.get(stem);
          if (!count) continue;
          const weight = this.#rarity.weight(stem);
          covered += weight;
          if (isLight(stem)) light += weight;
          if (heading.has(stem)) headed += weight;
          score += (weight * count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / this.#meanLength));
        }
        const whole = heavy + light;
        const of = (all: number, part: number) => (all === 0 ? 0 : part / all);
        return { entry, score, coverage: of(whole, covered), headed: of(whole, headed), share: of(own, covered) };
      })
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score);
  }
}

/** Whether one letter is too many, missing, another one, or changed places with the next. */
function oneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let left = 0;
  while (left < a.length && a[left] === b[left]) left++;
  const [restA, restB] = [a.slice(left), b.slice(left)];
  if (restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1)) return true;
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
}
