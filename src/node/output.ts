import { harmless, OBEYED } from './terminal/paint';

/** Writes a line to standard output, which belongs to the commands alone: what libraries log goes elsewhere (`environment.ts`). Names that it holds may come from anywhere. */
export function print(line: string): void {
  process.stdout.write(`${harmless(line)}\n`);
}

/** Writes a line to standard error, as `print`. */
export function printError(line: string): void {
  process.stderr.write(`${harmless(line)}\n`);
}

/** Writes `value` as a line of JSON to standard output: what a terminal would obey is escaped, so that the value stays the same. */
export function printJson(value: unknown): void {
  const text = JSON.stringify(value).replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  process.stdout.write(`${text}\n`);
}
