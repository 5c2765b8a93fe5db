import { useMemo } from 'react';
import { acceptanceBand } from '../../core/cost/acceptance';
import type { MeasuredRun } from '../../core/study/experiment';
import { outputsOf, pairsOf, type Speedup, type WorksheetRow, worksheet } from '../../core/study/worksheet';
import { experiment } from '../../ui/texts/experiment';
import { SpeedupChart } from './SpeedupChart';
import { useVariantName } from './variantName';

const words = experiment.findings;

/** Within this of 1 a speedup is called neither gain nor loss. */
const MARGIN = 0.05;

/** What the worksheet says, in words: what is fastest, whether the output is the same, and what the acceptance of each kind of text means. */
export function Findings({ measured }: { readonly measured: readonly MeasuredRun[] }) {
  const rows = useMemo(() => worksheet(measured), [measured]);
  const outputs = useMemo(() => outputsOf(pairsOf(measured)), [measured]);
  const nameOf = useVariantName();
  const best = fastest(rows.filter(({ kind }) => kind === 'all'));
  if (!best?.speedup.wait) return null;
  const compared = outputs.identical + outputs.different;
  const speed = words.bothSpeeds(best.speedup);
  const short = rows.filter(({ kind }) => kind === 'all').reduce((sum, { tooShort }) => sum + tooShort, 0);
  return (
    <section className="findings" aria-label={words.heading}>
      <h3>{words.heading}</h3>
      <p className="findings-best">
        {best.speedup.wait.mean > 1 ? words.best(nameOf(best.variant), speed) : words.none(nameOf(best.variant), speed)}
      </p>
      <p data-same={compared > 0 && outputs.different === 0 ? true : undefined}>
        {compared === 0 ? words.drawn : outputs.different === 0 ? words.same(compared) : words.differ(outputs.different, compared)}
      </p>
      {short > 0 ? <p data-count="tooShort">{words.short(short)}</p> : null}
      <div className="findings-parts">
        <ul>
          {rows
            .filter((row) => row.kind !== 'all' && JSON.stringify(row.variant) === JSON.stringify(best.variant))
            .map((row) => (
              <li key={row.kind}>
                <Acceptance row={row} />
              </li>
            ))}
        </ul>
        <SpeedupChart rows={rows} measured={measured} />
      </div>
    </section>
  );
}

function fastest(rows: readonly WorksheetRow[]): WorksheetRow | undefined {
  return [...rows]
    .filter(({ speedup }) => speedup.wait !== null)
    .sort((a, b) => (b.speedup.wait?.mean ?? 0) - (a.speedup.wait?.mean ?? 0))[0];
}

function Acceptance({ row }: { readonly row: WorksheetRow }) {
  const { acceptanceRate, accepted, rejected, speedup } = row;
  const kind = experiment.kinds[row.kind];
  if (row.runs === 0) return words.onlyShort(kind);
  if (acceptanceRate === null) return words.noAcceptance(kind);
  return (
    <>
      <b>{words.acceptance(kind, acceptanceRate, accepted, accepted + rejected)}</b> {words.bands[acceptanceBand(acceptanceRate)]}{' '}
      {speedup.wait ? paying(speedup.wait) : null}
    </>
  );
}

function paying(speedup: Speedup): string {
  const said = experiment.sheet.speedup(speedup);
  if (speedup.mean > 1 + MARGIN) return words.pays(said);
  return speedup.mean < 1 - MARGIN ? words.costs(said) : words.even(said);
}
