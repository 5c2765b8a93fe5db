import { worksheetCsv, worksheetJson } from '../core/run/exports';
import { useExperiment } from '../store/modes/experiment';
import { currentVersions } from '../store/page/versions';
import { saveFile } from '../store/recordings/saveFile';
import type { Action } from './action';

const isMeasured = () => useExperiment.getState().measured.length > 0;

/** The worksheet as a table, a row for each line. */
export const exportWorksheetCsv: Action = {
  id: 'export-worksheet-csv',
  label: 'Worksheet as CSV',
  keys: [],
  when: isMeasured,
  perform: () => saveFile('foretoken-worksheet.csv', worksheetCsv(useExperiment.getState().measured, currentVersions()), 'text/csv'),
};

/** The worksheet with all its runs. */
export const exportWorksheetJson: Action = {
  id: 'export-worksheet-json',
  label: 'Worksheet as JSON',
  keys: [],
  when: isMeasured,
  perform: () => {
    const sheet = worksheetJson(useExperiment.getState().measured, currentVersions());
    saveFile('foretoken-worksheet.json', `${JSON.stringify(sheet, null, 1)}\n`, 'application/json');
  },
};
