import { type ComputedBy, type Imported, type ImportProgress, type LoadProgress, type MemoryUpdate, OTHERS } from '../engine/tasks';
import { harmless } from './terminal/paint';

type Told = LoadProgress | ComputedBy | MemoryUpdate | ImportProgress | Imported;

export interface Progress {
  report(update: Told): void;
  /** Takes the line away. */
  end(): void;
}

type Output = Pick<NodeJS.WriteStream, 'write' | 'columns' | 'isTTY'>;

/** Says on `stream` how far models are: on a terminal in one line, which changes and goes away; elsewhere in a line for each thing that begins. */
export function progressOn(stream: Output): Progress {
  return stream.isTTY ? changingLine(stream) : linesOn(stream);
}

/** Has `load` bring models, and says on standard error how far they are. @returns what computes them; null where nothing told it */
export async function loadTelling(
  load: (report: (update: LoadProgress | ComputedBy | MemoryUpdate) => void) => Promise<unknown>,
): Promise<ComputedBy | null> {
  const progress = progressOn(process.stderr);
  let computedBy: ComputedBy | null = null;
  await load((update) => {
    if (update.type === 'computed-by') computedBy = update;
    progress.report(update);
  }).finally(progress.end);
  return computedBy;
}

function changingLine(stream: Output): Progress {
  let shown = '';
  const show = (line: string) => {
    if (line === shown) return;
    shown = line;
    stream.write(`\r\x1b[K${oneLine(line).slice(0, Math.max(0, (stream.columns || 80) - 1))}`);
  };
  return {
    report(update) {
      const choice = choiceOf(update);
      if (choice !== null) {
        show('');
        stream.write(`${choice}\n`);
      }
      const doing = doingOf(update);
      if (doing !== null && doing.what !== 'ready') show(`${doing.name}: ${doing.what} ${doing.howFar}`);
    },
    end: () => show(''),
  };
}

function linesOn(stream: Output): Progress {
  const told = new Set<string>();
  return {
    report(update) {
      const doing = doingOf(update);
      const line = choiceOf(update) ?? (doing && oneLine(`${doing.name}: ${doing.what}`));
      if (line === null || told.has(line)) return;
      told.add(line);
      stream.write(`${line}\n`);
    },
    end: () => undefined,
  };
}

function oneLine(text: string): string {
  return harmless(text).replace(/\s/g, ' ');
}

interface Doing {
  /** The model's or the file's. */
  readonly name: string;
  readonly what: LoadProgress['phase'] | 'converting';
  readonly howFar: string;
}

/** What WebGPU in software costs (docs/measurements.md, "Without a graphics card"). */
const SLOW = 'In software WebGPU takes many times as long for a token as the CPU.';

const PLACES = { webgpu: 'WebGPU', cpu: 'the CPU' } as const;

/** What was chosen where there is no graphics card; null where nothing was. */
function choiceOf(update: Told): string | null {
  if (update.type !== 'computed-by') return null;
  const { backend, because } = update;
  const other = OTHERS[backend];
  if (because.why === 'faster') {
    const { webgpu, cpu } = because.decodeMs;
    const takes = { webgpu: `${webgpu.toFixed(1)} ms on WebGPU in software`, cpu: `${cpu.toFixed(1)} ms on the CPU` };
    return `No graphics card was found. A token takes ${takes[backend]} and ${takes[other]}, so the models run on ${PLACES[backend]}.`;
  }
  if (because.why !== 'other-cannot') return null;
  const slow = backend === 'webgpu' ? ` ${SLOW}` : '';
  return oneLine(
    `No graphics card was found. The models run on ${PLACES[backend]}, as ${PLACES[other]} cannot run them: ${because.message}${slow}`,
  );
}

/** null: nothing that a person waits for. */
function doingOf(update: Told): Doing | null {
  if (update.type === 'progress') {
    const { name, phase, loadedBytes, totalBytes } = update;
    return { name, what: phase, howFar: phase === 'preparing' ? '…' : percent(loadedBytes, totalBytes) };
  }
  if (update.type === 'import') return { name: update.name, what: 'converting', howFar: percent(update.readBytes, update.totalBytes) };
  return null;
}

function percent(part: number, whole: number): string {
  return whole > 0 ? `${Math.floor((100 * Math.min(part, whole)) / whole)} %` : '';
}
