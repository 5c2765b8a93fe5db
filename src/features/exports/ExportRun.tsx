import { exportRunCsv } from '../../actions/exportRun';
import { saveTrace } from '../../actions/share';
import { ActionButton } from '../../ui/ActionButton';
import './exports.css';
import { exports as words } from '../../ui/texts/exports';

/** The run on the page as files. */
export function ExportRun() {
  return (
    <section className="export-run" aria-label={words.heading}>
      <h2>{words.heading}</h2>
      <div className="exports">
        <ActionButton action={saveTrace} look="quiet" />
        <ActionButton action={exportRunCsv} look="quiet" />
      </div>
    </section>
  );
}
