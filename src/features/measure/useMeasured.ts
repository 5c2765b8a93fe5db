import { useDeferredValue, useMemo } from 'react';
import type { RunFigures } from '../../core/cost/figures';
import { type Comparison, comparableRuns, compareRuns } from '../../core/run/comparison';
import { type SpeedupParts, speedupParts } from '../../core/run/speedupParts';
import { startOf } from '../../core/run/tally';
import type { RunEvent, StartEvent } from '../../core/types';
import { useShownEvents } from '../../store/recordings/playback';
import { useFigures } from '../../store/run/figures';
import { useRun } from '../../store/run/run';

export interface Measured {
  /** Of the run on the page, as far as it is shown; where that decodes plainly, of the speculative run of the same question, if there was one. */
  readonly events: readonly RunEvent[];
  /** Whether `events` are not of the run on the page. */
  readonly beside: boolean;
  readonly start: StartEvent | null;
  /** Of `events`. */
  readonly figures: RunFigures;
  /** Where the run was recorded, in words; null for a run of this device. */
  readonly recorder: string | null;
  /** The run next to the last one of the other mode, if both have the same prompt and settings; null for a recording. */
  readonly comparison: Comparison | null;
  /** What its speedup is the product of; null where that is not known. */
  readonly parts: SpeedupParts | null;
}

/** All that the view's figures derive from. While a run streams it follows at the pace at which charts can be drawn. */
export function useMeasured(): Measured {
  const shown = useDeferredValue(useShownEvents());
  const last = useRun((state) => state.last);
  const { speculative } = last;
  const beside = speculative !== null && isPlain(shown) && comparableRuns(speculative, shown);
  const events = beside ? speculative : shown;
  const { figures, recorder } = useFigures(events);
  const compared = useMemo(() => (recorder === null ? pairOf(shown, last) : null), [shown, last, recorder]);
  const comparison = useMemo(() => compared && compareRuns(...compared), [compared]);
  const parts = useMemo(() => compared && speedupParts(...compared), [compared]);
  return { events, beside, start: startOf(events), figures, recorder, comparison, parts };
}

function isPlain(events: readonly RunEvent[]): boolean {
  return startOf(events)?.settings.mode === 'plain';
}

type Events = readonly RunEvent[];

/** The run on the page and the last one of the other mode, the speculative one first; null without either. */
function pairOf(
  events: Events,
  last: Record<'speculative' | 'plain', Events | null>,
): readonly [speculative: Events, plain: Events] | null {
  const mode = startOf(events)?.settings.mode;
  if (!mode || events.at(-1)?.type !== 'end') return null;
  const other = last[mode === 'plain' ? 'speculative' : 'plain'];
  if (!other) return null;
  return mode === 'plain' ? [other, events] : [events, other];
}
