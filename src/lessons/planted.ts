/** A stretch of a text: what is wrong with it, or null if nothing is. */
export interface PlantedPart {
  readonly text: string;
  readonly wrong: string | null;
}

/** An explanation with mistakes planted in it; the stretches make up the text. */
export const PLANTED: readonly PlantedPart[] = [
  {
    text: 'In speculative decoding a small draft model guesses a few tokens, and the large target model checks all of them in one pass. ',
    wrong: null,
  },
  {
    text: 'It always makes generation two to three times faster',
    wrong: 'Too broad: two to three is a prize that depends on the work, and some runs lose.',
  },
  { text: ', because ', wrong: null },
  {
    text: 'the target no longer has to process every token',
    wrong: 'False: the target processes every token that stays. It reads several in one pass instead of one in each.',
  },
  { text: '. At the first draft that fails the test, the target puts its own token there, and ', wrong: null },
  {
    text: 'the drafts after it are judged in the next round',
    wrong: 'False: they are discarded without being judged, because they were guessed after a word that is gone.',
  },
  { text: '. If every draft stays, the target adds one more token. The output is the target’s own, so ', wrong: null },
  {
    text: 'the answer is also more often correct',
    wrong: 'False: the target’s own output has the target’s own mistakes. Nothing gets better, and nothing worse.',
  },
  { text: '. The price is memory, since two models and two caches must fit. ', wrong: null },
  {
    text: 'The acceptance rate tells how much faster it is',
    wrong: 'False: speed is tokens per round over the price of a round. With a slow draft a high rate may lose.',
  },
  { text: ', and ', wrong: null },
  {
    text: 'the longer the draft, the better',
    wrong: 'Too broad: each further draft counts only if all before it stay, so there is a best length.',
  },
  { text: '. Both models need the same vocabulary, because the target judges token ids.', wrong: null },
];

export const PLANTED_TEXT = PLANTED.map(({ text }) => text).join('');

/** A planted mistake, where it stands in `PLANTED_TEXT`, and whether it was found. */
export interface Mistake {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly why: string;
  readonly found: boolean;
}

export interface PlantedScore {
  readonly mistakes: readonly Mistake[];
  /** Marked words in which nothing is wrong. */
  readonly elsewhere: number;
}

/** What `marks`, words of `PLANTED_TEXT`, have found: a mistake is found by any of its words. */
export function scoreMarks(marks: readonly { readonly from: number; readonly to: number }[]): PlantedScore {
  let at = 0;
  const places = PLANTED.map(({ text, wrong }) => {
    const from = at;
    at += text.length;
    return { from, to: at, text, wrong };
  });
  const inside = (mark: { readonly from: number; readonly to: number }, place: { readonly from: number; readonly to: number }) =>
    mark.from < place.to && mark.to > place.from;
  return {
    mistakes: places.flatMap(({ wrong, ...place }) =>
      wrong === null ? [] : [{ ...place, why: wrong, found: marks.some((mark) => inside(mark, place)) }],
    ),
    elsewhere: marks.filter((mark) => !places.some((place) => place.wrong !== null && inside(mark, place))).length,
  };
}
