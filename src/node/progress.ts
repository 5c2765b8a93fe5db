import type { Imported, ImportProgress, LoadProgress, MemoryUpdate } from '../engine/tasks';
import { harmless } from './terminal/paint';

export interface Progress {
  report(update: LoadProgress | MemoryUpdate | ImportProgress | Imported): void;
  /** Takes the line away. */
  end(): void;
}

/** One line at the end of a terminal that says how far models are; nothing where the output goes elsewhere. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  let shown = '';
  const show = (line: string) => {
    if (!stream.isTTY || line === shown) return;
    shown = line;
    stream.write(
      `\r\x1b[K${harmless(line)
        .replace(/\s/g, ' ')
        .slice(0, Math.max(0, (stream.columns || 80) - 1))}`,
    );
  };
  return {
    report(update) {
      const line = lineOf(update);
      if (line !== null) show(line);
    },
    end: () => show(''),
  };
}

/** null: nothing that a person waits for. */
function lineOf(update: LoadProgress | MemoryUpdate | ImportProgress | Imported): string | null {
  if (update.type === 'progress') {
    const { name, phase, loadedBytes, totalBytes } = update;
    return phase === 'ready' ? null : `${name}: ${phase}${phase === 'preparing' ? ' …' : ` ${percent(loadedBytes, totalBytes)}`}`;
  }
  if (update.type === 'import') return `${update.name}: converting ${percent(update.readBytes, update.totalBytes)}`;
  return null;
}

function percent(part: number, whole: number): string {
  return whole > 0 ? `${Math.floor((100 * Math.min(part, whole)) / whole)} %` : '';
}
