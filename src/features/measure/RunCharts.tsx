import { useMemo } from 'react';
import {
  type AcceptancePoint,
  acceptanceByKind,
  acceptanceByPosition,
  acceptanceOverRun,
  acceptedLengths,
  crossings,
  RECENT,
  rateOf,
} from '../../core/run/runAcceptance';
import { TOKEN_KINDS } from '../../core/run/tokenKinds';
import type { RunEvent } from '../../core/types';
import { Bars, Chart, Lines, ReferenceLine } from '../../ui/chart';
import { formatCount, formatShare } from '../../ui/format';
import { measure as words } from '../../ui/texts/measure';
import { RunChart } from './RunChart';
import type { Measured } from './useMeasured';

const SHARE = { label: words.accepted, domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], format: formatShare } as const;

/** How often the run's drafts were accepted: in the course of it, by position, by kind of token, by round. */
export function RunCharts({ measured }: { readonly measured: Measured }) {
  const { events, start } = measured;
  const judged = measured.figures.counts.acceptanceRate !== null;
  return (
    <section className="measure-part" aria-labelledby="measure-run">
      <h3 id="measure-run">{words.runHeading}</h3>
      {measured.beside ? <p className="measure-missing">{words.beside}</p> : null}
      {judged ? (
        <div className="measure-charts">
          <OverRun measured={measured} />
          <ByPosition events={events} />
          <ByKind events={events} />
          <Lengths events={events} />
        </div>
      ) : (
        <p className="measure-missing">{start ? words.nothingJudged : words.noRun}</p>
      )}
    </section>
  );
}

function OverRun({ measured: { events, start, figures } }: { readonly measured: Measured }) {
  const points = useMemo(() => acceptanceOverRun(events), [events]);
  const { lead } = figures;
  const even = lead?.breakEven ?? null;
  const last = points.at(-1);
  const tick = Math.max(1, Math.ceil(points.length / 12));
  const shown = points.filter((_, i) => i % tick === 0 || i === points.length - 1);
  const recent = words.recent(formatCount(RECENT));
  return (
    <div>
      <RunChart name="foretoken-acceptance" start={start}>
        <Chart
          title={words.overTitle}
          note={lead ? <span className="measure-side">{sideWords(points, even)}</span> : undefined}
          description={`${words.overDescription(formatShare(last?.overall ?? null))} ${lead ? sideWords(points, even) : ''}`}
          x={{ label: words.committed, domain: [0, Math.max(40, last?.committed ?? 0)], nice: true, format: formatCount }}
          y={SHARE}
          table={{
            columns: [words.committed, words.overall, recent],
            rows: shown.map((point) => [formatCount(point.committed), formatShare(point.overall), formatShare(point.recent)]),
          }}
          keys={[
            { name: words.overall, look: 'soft', mark: 'line' },
            { name: recent, look: 'accepted', mark: 'line' },
          ]}
        >
          <Lines
            series={[{ name: words.overall, look: 'soft', points: points.map(({ committed, overall }) => ({ x: committed, y: overall })) }]}
          />
          <Lines
            series={[
              { name: recent, look: 'accepted', strong: true, points: points.map((point) => ({ x: point.committed, y: point.recent })) },
            ]}
          />
          {lead === null || even === null ? null : (
            <ReferenceLine y={even} label={words.breakEvenAt(formatCount(lead.gamma), formatShare(even))} below />
          )}
        </Chart>
      </RunChart>
    </div>
  );
}

/** Where the recent rate stands against the break-even, and when it went across. */
function sideWords(points: readonly AcceptancePoint[], even: number | null): string {
  if (even === null) return words.noEven;
  const recent = points.at(-1)?.recent ?? null;
  if (recent === null) return words.tooFew(formatCount(RECENT));
  const crossed = crossings(points, even).at(-1);
  const when = crossed ? words.crossed(crossed.above, formatCount(crossed.committed)) : words.neverCrossed;
  return `${words.side(recent >= even, formatShare(recent), formatShare(even))} ${when}`;
}

function ByPosition({ events }: { readonly events: readonly RunEvent[] }) {
  const positions = useMemo(() => acceptanceByPosition(events), [events]);
  const bands = positions.map((_, i) => formatCount(i + 1));
  const rates = positions.map(rateOf);
  return (
    <Chart
      title={words.positionTitle}
      description={words.positionDescription(formatShare(rates[0] ?? null))}
      x={{ label: words.position, bands }}
      y={SHARE}
      table={{
        columns: [words.position, words.accepted, words.judged],
        rows: positions.map(({ judged }, i) => [formatCount(i + 1), formatShare(rates[i] ?? null), formatCount(judged)]),
      }}
    >
      <Bars bands={bands} series={[{ name: words.accepted, look: 'accepted', values: rates }]} label={formatShare} />
    </Chart>
  );
}

function ByKind({ events }: { readonly events: readonly RunEvent[] }) {
  const counts = useMemo(() => acceptanceByKind(events), [events]);
  const found = TOKEN_KINDS.filter((kind) => counts.has(kind));
  const bands = found.map((kind) => words.kinds[kind]);
  const judged = found.map((kind) => counts.get(kind) ?? { judged: 0, accepted: 0 });
  return (
    <Chart
      title={words.kindTitle}
      note={words.kindNote}
      description={words.kindDescription}
      labelRoom={7}
      x={SHARE}
      y={{ label: '', bands }}
      table={{
        columns: [words.kind, words.accepted, words.judged],
        rows: judged.map((each, i) => [bands[i] ?? '', formatShare(rateOf(each)), formatCount(each.judged)]),
      }}
    >
      <Bars
        bands={bands}
        series={[{ name: words.accepted, look: 'accepted', values: judged.map(rateOf) }]}
        label={(rate, band) => words.ofJudged(formatShare(rate), formatCount(judged[band]?.judged ?? null))}
      />
    </Chart>
  );
}

function Lengths({ events }: { readonly events: readonly RunEvent[] }) {
  const counts = useMemo(() => acceptedLengths(events), [events]);
  const bands = counts.map((_, i) => formatCount(i));
  const most = Math.max(4, ...counts);
  return (
    <Chart
      title={words.lengthTitle}
      description={words.lengthDescription(formatCount(counts.reduce((a, b) => a + b, 0)))}
      x={{ label: words.acceptedDrafts, bands }}
      y={{ label: words.rounds, domain: [0, most], nice: true, format: formatCount }}
      table={{ columns: [words.acceptedDrafts, words.rounds], rows: counts.map((count, i) => [formatCount(i), formatCount(count)]) }}
    >
      <Bars bands={bands} series={[{ name: words.rounds, look: 'ink', values: counts }]} label={formatCount} />
    </Chart>
  );
}
