import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import { startOf } from '../../core/run/tally';
import { useShownEvents } from '../../store/recordings/playback';
import { useStepper } from '../../store/recordings/stepper';
import { useRun } from '../../store/run/run';

/** Of the usual size: below it, letters cannot be read from the last row, and the area scrolls. */
const SMALLEST = 0.5;
const STEP = 0.96;

/**
 * Sets `--fit` on an area, by which its contents are drawn smaller where they would not fit into its height. They shrink step by step while a run
 * grows, and are never larger again than they had to be once, so that nothing jumps; another run, or another room, begins at the usual size.
 *
 * @returns the ref of the area
 */
export function useFit(): RefObject<HTMLDivElement | null> {
  const area = useRef<HTMLDivElement>(null);
  const fitted = useRef({ fit: 1, run: startOf([]) });
  // Whatever changes what the area holds.
  useShownEvents();
  useStepper((state) => state.at);
  const run = startOf(useRun((state) => state.events));
  useLayoutEffect(() => {
    if (fitted.current.run !== run) fitted.current = { fit: 1, run };
    shrink(area.current, fitted.current);
  });
  useEffect(() => {
    if (!area.current) return;
    const observer = new ResizeObserver(() => {
      fitted.current.fit = 1;
      shrink(area.current, fitted.current);
    });
    observer.observe(area.current);
    return () => observer.disconnect();
  }, []);
  return area;
}

function shrink(area: HTMLElement | null, fitted: { fit: number }): void {
  const set = () => area?.style.setProperty('--fit', String(fitted.fit));
  set();
  while (area && area.scrollHeight > area.clientHeight && fitted.fit > SMALLEST) {
    fitted.fit = Math.max(SMALLEST, fitted.fit * STEP);
    set();
  }
}
