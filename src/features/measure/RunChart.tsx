import type { ReactNode } from 'react';
import { conditionsOf } from '../../core/run/exports';
import type { StartEvent } from '../../core/types';
import { currentVersions } from '../../store/page/versions';
import { ChartDownload } from '../../ui/ChartDownload';
import { exports } from '../../ui/texts/exports';

interface RunChartProps {
  /** Of the file, without its ending. */
  readonly name: string;
  /** Of the run that the chart is of; without one it stays on the page. */
  readonly start: StartEvent | null;
  /** A `Chart`. */
  readonly children: ReactNode;
}

/** A chart of a run, to be taken along with what the run was and on what. */
export function RunChart({ name, start, children }: RunChartProps) {
  if (!start) return children;
  return (
    <ChartDownload name={name} caption={exports.runCaption(conditionsOf(start), currentVersions())}>
      {children}
    </ChartDownload>
  );
}
