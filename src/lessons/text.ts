/** A lesson's prose, read from its MDX source: for reading times and for whoever looks something up in it. */

/** A paragraph, a list or a quotation of a lesson. */
export interface Passage {
  readonly lesson: string;
  /** Heading that it stands under; null: before the first one. */
  readonly section: string | null;
  /** Without marks; the items of a list are joined. */
  readonly text: string;
}

const WORDS_PER_MINUTE = 200;
/** A live part is tried out and looked at. */
const MINUTES_PER_PART = 1;

/** Whole minutes to read `source` and to try its live parts, at least 1. */
export function readingMinutes(source: string): number {
  const words = passagesOf('', source).reduce((sum, { text }) => sum + text.split(/\s+/).length, 0);
  return Math.max(1, Math.round(words / WORDS_PER_MINUTE) + MINUTES_PER_PART * liveParts(source));
}

/** How many live parts `source` embeds. */
export function liveParts(source: string): number {
  return source.match(/^<[A-Z]\w*/gm)?.length ?? 0;
}

/** The passages of `source`, in order; headings, code, tables and live parts are none. */
export function passagesOf(lesson: string, source: string): Passage[] {
  const passages: Passage[] = [];
  let section: string | null = null;
  for (const block of withoutCode(source).split(/\n{2,}/)) {
    const heading = /^#+ (.*)$/m.exec(block);
    if (heading) section = plain(heading[1] ?? '');
    else if (!/^[<|]/.test(block) && block.trim() !== '') passages.push({ lesson, section, text: plain(block) });
  }
  return passages;
}

/** The name of a section in an address. */
export function sectionSlug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}

/** `text` cut behind each sentence. */
export function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?:]["”]?)\s+(?=[“"\p{Lu}])/u);
}

function withoutCode(source: string): string {
  return source.replace(/^```[\s\S]*?^```/gm, '');
}

/** Markdown without its marks. */
function plain(block: string): string {
  return block
    .replace(/^(?:>|-|\d+\.) /gm, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*`]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
