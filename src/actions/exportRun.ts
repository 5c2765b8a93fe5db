import { runCsv } from '../core/run/exports';
import { currentVersions } from '../store/page/versions';
import { saveFile } from '../store/recordings/saveFile';
import { useRun } from '../store/run/run';
import type { Action } from './action';

/** The run on the page as a table, a row a token. */
export const exportRunCsv: Action = {
  id: 'export-run-csv',
  label: 'Save as a table (CSV)',
  keys: [],
  when: () => useRun.getState().events.at(-1)?.type === 'end',
  perform: () => saveFile('foretoken-run.csv', runCsv(useRun.getState().events, currentVersions()), 'text/csv'),
};
