import { runCsv } from '../core/run/exports';
import { useRun } from '../store/run';
import { saveFile } from '../store/saveFile';
import { currentVersions } from '../store/versions';
import type { Action } from './action';

/** The run on the page as a table, a row a token. */
export const exportRunCsv: Action = {
  id: 'export-run-csv',
  label: 'Save as a table (CSV)',
  keys: [],
  when: () => useRun.getState().events.at(-1)?.type === 'end',
  perform: () => saveFile('foretoken-run.csv', runCsv(useRun.getState().events, currentVersions()), 'text/csv'),
};
