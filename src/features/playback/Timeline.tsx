import { useMemo } from 'react';
import { knownAt, roundParts } from '../../core/run/moment';
import { startOf, tally } from '../../core/run/tally';
import type { RunEvent } from '../../core/types';
import { formatSeconds } from '../../ui/format';
import { settings } from '../../ui/texts';
import { playback as words } from '../../ui/texts/playback';
import { speeds } from '../../ui/texts/speeds';

const HEIGHT = 24;
/** Top and height of each part, so that parts differ by more than their shade. */
const BANDS = { prefill: [10, 4], draft: [12, 12], verify: [0, 24], rest: [20, 4], whole: [4, 16] } as const;
type Part = keyof typeof BANDS;
const PARTS = Object.keys(BANDS) as Part[];

interface TimelineProps {
  readonly events: readonly RunEvent[];
  /** What the whole width stands for, in milliseconds. */
  readonly totalMs: number;
}

/** The rounds of a run to scale: draft, verify, and what is left of each, which is readback and bookkeeping. */
export function Timeline({ events, totalMs }: TimelineProps) {
  const paths = useMemo(() => partPaths(events), [events]);
  const mode = startOf(events)?.settings.mode ?? 'speculative';
  const latest = events.at(-1);
  const ended = latest?.type === 'end';
  return (
    <div className="timeline">
      <p>
        {settings.modes[mode]} <b>{formatSeconds(ended ? tally(events).waitMs : latest ? knownAt(latest) : 0)}</b>
        <small>{speeds.names.wait.toLowerCase()}</small>
      </p>
      <svg viewBox={`0 0 ${totalMs || 1} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {PARTS.map((part) => (
          <path key={part} className={`part-${part}`} d={paths[part]} />
        ))}
      </svg>
    </div>
  );
}

/** What the parts of a timeline stand for. */
export function TimelineKey() {
  return (
    <ul className="timeline-key">
      {(['draft', 'verify', 'rest'] as const).map((part) => (
        <li key={part}>
          <svg viewBox={`0 0 20 ${HEIGHT}`} aria-hidden="true">
            <path className={`part-${part}`} d={bar(part, 0, 20)} />
          </svg>
          {words.parts[part]}
        </li>
      ))}
    </ul>
  );
}

function partPaths(events: readonly RunEvent[]): Record<Part, string> {
  const paths: Record<Part, string> = { prefill: '', draft: '', verify: '', rest: '', whole: '' };
  for (const event of events) {
    if (event.type === 'prefill') paths.prefill += bar('prefill', 0, event.endMs);
    if (event.type !== 'round') continue;
    const parts = roundParts(event);
    if (!parts) paths.whole += bar('whole', event.startMs, event.endMs);
    else {
      paths.draft += bar('draft', event.startMs, parts.draftEndMs);
      paths.verify += bar('verify', parts.draftEndMs, parts.verifyEndMs);
      paths.rest += bar('rest', parts.verifyEndMs, event.endMs);
    }
  }
  return paths;
}

/** A rectangle as a path's commands. */
function bar(part: Part, from: number, to: number): string {
  const [top, height] = BANDS[part];
  return to > from ? `M${from.toFixed(2)} ${top}H${to.toFixed(2)}v${height}H${from.toFixed(2)}z` : '';
}
