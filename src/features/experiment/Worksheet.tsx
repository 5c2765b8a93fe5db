import { Fragment, useMemo } from 'react';
import { exportWorksheetCsv, exportWorksheetJson } from '../../actions/exportWorksheet';
import type { MeasuredRun } from '../../core/study/experiment';
import { type WorksheetRow, worksheet } from '../../core/study/worksheet';
import { ActionButton } from '../../ui/ActionButton';
import { formatCount, formatLog, formatRate, formatShare } from '../../ui/format';
import { experiment } from '../../ui/texts/experiment';
import { useVariantName } from './variantName';

const words = experiment.sheet;
const { columns } = words;

const HEADS = [
  ...[columns.runs, columns.drafted, columns.accepted, columns.rejected, columns.discarded, columns.passes],
  ...[columns.first, columns.latency, columns.speedup, columns.speed, columns.decodingSpeedup, columns.alpha, columns.ratio],
  ...[columns.output, columns.quality, columns.logProbability],
];

/** What was measured, as a table: a block for each kind of text and one for all, a line for each way of decoding. */
export function Worksheet({ measured }: { readonly measured: readonly MeasuredRun[] }) {
  const rows = useMemo(() => worksheet(measured), [measured]);
  const kinds = [...new Set(rows.map(({ kind }) => kind))];
  return (
    <section className="sheet" aria-label={words.heading}>
      <h3>{words.heading}</h3>
      {rows.length === 0 ? (
        <p className="sheet-empty">{words.empty}</p>
      ) : (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keys too */}
          <section className="sheet-scroll" aria-label={words.scroll} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{columns.way}</th>
                  {HEADS.map((head) => (
                    <th key={head} scope="col">
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              {kinds.map((kind) => (
                <tbody key={kind} data-kind={kind}>
                  <tr className="sheet-kind">
                    <th scope="rowgroup" colSpan={HEADS.length + 1}>
                      {experiment.kinds[kind]}
                    </th>
                  </tr>
                  {rows
                    .filter((row) => row.kind === kind)
                    .map((row) => (
                      <Line key={JSON.stringify(row.variant)} row={row} />
                    ))}
                </tbody>
              ))}
            </table>
          </section>
          <div className="exports">
            <ActionButton action={exportWorksheetCsv} look="quiet" />
            <ActionButton action={exportWorksheetJson} look="quiet" />
          </div>
          <Notes />
        </>
      )}
    </section>
  );
}

function Line({ row }: { readonly row: WorksheetRow }) {
  const nameOf = useVariantName();
  const { variant, speedup } = row;
  const { wait, decoding } = speedup;
  const drafting = (value: string) => (variant ? value : '');
  const times = (each: typeof wait) => drafting(each ? words.speedup(each) : formatCount(null));
  const cells = [
    ...[
      formatCount(row.runs),
      drafting(formatCount(row.drafted)),
      drafting(formatCount(row.accepted)),
      drafting(formatCount(row.rejected)),
    ],
    ...[
      drafting(formatCount(row.discarded)),
      formatCount(row.targetPasses),
      formatCount(row.timeToFirstTokenMs),
      formatCount(row.latencyMs),
    ],
    ...[times(wait), formatRate(row.tokensPerSecond), times(decoding)],
    ...[drafting(formatShare(row.acceptanceRate)), drafting(formatShare(row.acceptedOverDrafted)), drafting(words.output(row.output))],
    ...[words.quality(row.quality), formatLog(row.meanLogProbability)],
  ];
  const notes: Readonly<Record<string, string>> = {
    [columns.runs]: words.short(row.tooShort),
    [columns.discarded]: words.behind(row.pastEnd),
    [columns.speedup]: wait ? words.range(wait) : '',
    [columns.decodingSpeedup]: decoding ? words.range(decoding) : '',
    [columns.quality]: words.cut(row.quality),
  };
  return (
    <tr>
      <th scope="row">{nameOf(variant)}</th>
      {HEADS.map((head, i) => (
        <td key={head} data-column={head === columns.speedup && wait ? (wait.mean >= 1 ? 'faster' : 'slower') : undefined}>
          {cells[i]}
          {notes[head] ? <small>{notes[head]}</small> : null}
        </td>
      ))}
    </tr>
  );
}

function Notes() {
  return (
    <p className="sheet-notes">
      {words.notes.map((note) => (
        <Fragment key={note}>{note} </Fragment>
      ))}
    </p>
  );
}
