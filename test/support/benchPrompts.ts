import all from '../../bench/prompts.json';

/** Of every kind of the bench's prompts the first `count`. */
export function promptsOfEveryKind(count: number): string[] {
  const kinds = [...new Set(all.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => all.filter((each) => each.kind === kind).slice(0, count)).map(({ prompt }) => prompt);
}
