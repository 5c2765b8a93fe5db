import { conditionsOf, runCsv } from '../core/exports';
import { startOf } from '../core/tally';
import { encodeTrace } from '../model/trace';
import { useRun } from '../store/run';
import { currentVersions } from '../store/versions';
import type { Action } from './action';
import { download } from './download';

const hasEnded = () => useRun.getState().events.at(-1)?.type === 'end';

/** The run on the page as a trace, its events exactly as they were, with the conditions and versions beside it. */
export const exportRunJson: Action = {
  id: 'export-run-json',
  label: 'Run as JSON',
  keys: [],
  when: hasEnded,
  perform: () => {
    const { events } = useRun.getState();
    const start = startOf(events);
    if (!start) return;
    const trace = encodeTrace(events, { recordedAt: null });
    const exported = { ...trace, conditions: conditionsOf(start), versions: currentVersions() };
    download('foretoken-run.json', `${JSON.stringify(exported, null, 1)}\n`, 'application/json');
  },
};

/** The run on the page as a table, a row a token. */
export const exportRunCsv: Action = {
  id: 'export-run-csv',
  label: 'Run as CSV',
  keys: [],
  when: hasEnded,
  perform: () => download('foretoken-run.csv', runCsv(useRun.getState().events, currentVersions()), 'text/csv'),
};
