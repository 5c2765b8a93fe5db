/** A lesson's prose, read from its MDX source: for reading times and for searches. */

/** A paragraph or a quotation of a lesson; a list, a table or code goes with the sentence that leads to it. */
export interface Passage {
  readonly lesson: string;
  /** Heading that it stands under; null: before the first one. */
  readonly section: string | null;
  /** Without marks. Items of a list, rows of a table and lines of code stand on lines of their own. */
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

/** The passages of `source`, in order; without headings and live parts. */
export function passagesOf(lesson: string, source: string): Passage[] {
  const passages: Passage[] = [];
  let section: string | null = null;
  /** Whether the last passage leads to what comes next. */
  let leads = false;
  for (const block of source.match(/^```[\s\S]*?^```|^(?:(?!```).+\n?)+/gm) ?? []) {
    const heading = /^#+ (.*)$/m.exec(block);
    if (heading) section = plain(heading[1] ?? '');
    if (heading || /^<[A-Z]/.test(block)) {
      leads = false;
      continue;
    }
    const lines = linesOf(block);
    const last: Passage | undefined = leads && lines !== null ? passages.pop() : undefined;
    const text: string = lines === null ? plain(block) : [...(last ? [last.text] : []), ...lines].join('\n');
    if (text !== '') passages.push({ lesson, section, text });
    leads = lines === null && text.endsWith(':');
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

/** `text` cut after each sentence. */
export function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?:]["”]?)\s+(?=[“"\p{Lu}])/u);
}

/** The lines of a list, a table or code; null for running text. */
function linesOf(block: string): string[] | null {
  if (block.startsWith('```')) return block.split('\n').slice(1, -1);
  if (block.startsWith('|')) return rowsOf(block);
  return /^(?:-|\d+\.) /.test(block) ? block.split(/^(?=(?:-|\d+\.) )/m).map((item) => plain(item.replace(/^- /, '– '))) : null;
}

/** Each row of a table as its first cell and what the further columns say of it. */
function rowsOf(table: string): string[] {
  const [head = [], , ...rows] = table
    .trim()
    .split('\n')
    .map((row) =>
      row
        .replace(/^\||\|$/g, '')
        .split('|')
        .map(plain),
    );
  return rows.map(([name = '', ...cells]) => {
    const said = cells.map((cell, i) => (cells.length === 1 ? cell : `${head[i + 1] ?? ''} ${cell}`));
    return `– ${name}: ${said.join('; ')}`;
  });
}

/** Markdown without its marks. */
function plain(block: string): string {
  return block
    .replace(/^> /gm, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*`]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
