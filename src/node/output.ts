/** Writes a line to standard output, which belongs to the commands alone: what libraries log goes elsewhere (`environment.ts`). */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
