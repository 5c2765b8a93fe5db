import { type Calibration, verifyMs } from '../../../core/cost/cost';
import { Chart, Lines } from '../../../ui/chart';
import { formatCount, formatRatio } from '../../../ui/format';
import { live, passes as words } from '../../../ui/texts/live';
import { LivePart } from './LivePart';
import { UnmeasuredNote } from './UnmeasuredNote';
import { CONTEXT, useCosts } from './useCosts';

/** Tokens in one pass that the sentence below the charts is about: γ = 4 and the last token. */
const EXAMPLE_ROWS = 5;

/** What target passes over several tokens cost on this device: v(γ), and the same as speed, whose bend is the roofline. */
export function PassTimes() {
  const costs = useCosts();
  return (
    <LivePart name={live.names.passes} wide>
      {costs ? <Charts costs={costs} /> : <UnmeasuredNote />}
    </LivePart>
  );
}

function Charts({ costs }: { readonly costs: Calibration }) {
  const one = verifyMs(costs, 1, CONTEXT);
  const points = costs.rows.map((rows) => {
    const ms = verifyMs(costs, rows, CONTEXT);
    return { rows, ms, ratio: ms / one, speed: (1000 * rows) / ms };
  });
  const last = points.at(-1);
  const table = {
    columns: words.columns,
    rows: points.map(({ rows, ms, ratio, speed }) => [formatCount(rows), formatRatio(ms), formatRatio(ratio), formatCount(speed)]),
  };
  const most = last?.rows ?? 1;
  const fastest = Math.max(...points.map(({ speed }) => speed));
  const ends = [1, most] as const;
  const example = verifyMs(costs, EXAMPLE_ROWS, CONTEXT) / one;
  return (
    <>
      <div className="live-charts">
        <Chart
          title={words.time}
          description={words.timeDescription(formatRatio(last?.ratio ?? 1), most)}
          x={{ label: words.rows, domain: [1, most], ticks: costs.rows, format: formatCount }}
          y={{ label: words.inPasses, domain: [0, Math.max(most, ...points.map(({ ratio }) => ratio))], nice: true, format: formatCount }}
          table={table}
          keys={[
            { look: 'accepted', name: words.measured, mark: 'line' },
            { look: 'rejected', name: words.oneByOne, mark: 'line' },
          ]}
        >
          <Lines
            dots
            series={[
              { name: words.measured, look: 'accepted', strong: true, points: points.map(({ rows, ratio }) => ({ x: rows, y: ratio })) },
            ]}
          />
          <Lines series={[{ name: words.oneByOne, look: 'rejected', points: ends.map((rows) => ({ x: rows, y: rows })) }]} />
        </Chart>
        <Chart
          title={words.speed}
          description={words.speedDescription(formatCount(fastest))}
          x={{ label: words.rows, domain: [1, most], ticks: costs.rows, format: formatCount }}
          y={{ label: words.perSecond, domain: [0, fastest * 1.25], nice: true, format: formatCount }}
          table={table}
          keys={[
            { look: 'accepted', name: words.measured, mark: 'line' },
            { look: 'rejected', name: words.weightsFree, mark: 'line' },
          ]}
        >
          <Lines
            dots
            series={[
              { name: words.measured, look: 'accepted', strong: true, points: points.map(({ rows, speed }) => ({ x: rows, y: speed })) },
            ]}
          />
          <Lines
            series={[{ name: words.weightsFree, look: 'rejected', points: ends.map((rows) => ({ x: rows, y: (1000 * rows) / one })) }]}
          />
        </Chart>
      </div>
      <p className="live-finding">
        {words.verdict(EXAMPLE_ROWS, formatRatio(example))} {words[limitOf(example)]}
      </p>
      <p className="live-note">{words.note(CONTEXT)}</p>
    </>
  );
}

/** Where five tokens lie between the price of one and of five. */
function limitOf(ratio: number): 'memory' | 'between' | 'arithmetic' {
  const share = (ratio - 1) / (EXAMPLE_ROWS - 1);
  return share < 0.25 ? 'memory' : share < 0.6 ? 'between' : 'arithmetic';
}
