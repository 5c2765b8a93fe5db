import { useState } from 'react';
import {
  bestGamma,
  breakEven,
  type Calibration,
  costRatio,
  expectedTokens,
  plainTokenMs,
  predictedSpeedup,
  roundMs,
} from '../../../core/cost/cost';
import { tally } from '../../../core/run/tally';
import { LIMITS } from '../../../core/types';
import { useRun } from '../../../store/run/run';
import { Button } from '../../../ui/Button';
import { Chart, Lines, Points, ReferenceLine } from '../../../ui/chart';
import { formatCount, formatRatio, formatShare } from '../../../ui/format';
import { Slider } from '../../../ui/Slider';
import { live, lengths as words } from '../../../ui/texts/live';
import { LivePart } from './LivePart';
import { UnmeasuredNote } from './UnmeasuredNote';
import { CONTEXT, useCosts } from './useCosts';

const MOST = LIMITS.gamma.max;
/** A draft as dear as the target itself is beyond anything that is used. */
const DEAREST = 1;

/** What acceptance rate, draft length and the price of a draft step make of the speed, on this device's costs. */
export function LengthOnCosts() {
  const costs = useCosts();
  return (
    <LivePart name={live.names.lengths} wide>
      {costs ? <Explorer costs={costs} /> : <UnmeasuredNote />}
    </LivePart>
  );
}

function Explorer({ costs }: { readonly costs: Calibration }) {
  const measured = costRatio(costs, CONTEXT);
  const ownAlpha = useRun(({ events }) => tally(events).acceptanceRate);
  const [alpha, setAlpha] = useState(0.8);
  const [gamma, setGamma] = useState(4);
  const [c, setC] = useState(measured);
  const priced: Calibration = { ...costs, draftMs: costs.draftMs.map((ms) => (ms * c) / measured) };
  const points = Array.from({ length: MOST + 1 }, (_, length) => ({ x: length, y: predictedSpeedup(priced, alpha, length, CONTEXT) }));
  const best = bestGamma(priced, alpha, CONTEXT, MOST);
  const speedAt = (length: number) => points[length]?.y ?? 1;
  const even = breakEven(priced, gamma, CONTEXT);
  const price = roundMs(priced, gamma, CONTEXT) / plainTokenMs(priced, CONTEXT);
  return (
    <>
      <div className="live-sliders">
        <Slider label={words.alpha} value={alpha} min={0} max={1} step={0.01} text={formatShare(alpha)} onChange={setAlpha} />
        <Slider label={words.gamma} value={gamma} min={1} max={MOST} step={1} text={formatCount(gamma)} onChange={setGamma} />
        <Slider
          label={words.draftCost}
          value={c}
          min={0.01}
          max={DEAREST}
          step={0.01}
          text={`${formatRatio(c)}, ${c === measured ? words.measuredCost(formatRatio(measured)) : words.whatIf}`}
          onChange={setC}
        />
      </div>
      <div className="live-bar">
        <Button look="small" disabled={ownAlpha === null} onPress={() => setAlpha(ownAlpha ?? alpha)}>
          {words.fromRun(formatShare(ownAlpha))}
        </Button>
        <Button look="small" disabled={c === measured} onPress={() => setC(measured)}>
          {words.measuredCost(formatRatio(measured))}
        </Button>
      </div>
      <Chart
        title={words.title}
        description={words.description(best, formatRatio(speedAt(best)))}
        note={words.theory}
        x={{ label: words.x, domain: [0, MOST], ticks: [0, 2, 4, 6, 8, 10, 12, 14, 16], format: formatCount }}
        y={{ label: words.y, domain: [0, Math.max(2, ...points.map(({ y }) => y))], nice: true, format: formatRatio }}
        table={{
          columns: words.columns,
          rows: points.map(({ x, y }) => [formatCount(x), formatRatio(expectedTokens(alpha, x)), formatRatio(y)]),
        }}
        labelRoom={6}
        aspect={0.42}
      >
        <ReferenceLine y={1} label={words.parity} />
        <Lines labelled dots series={[{ name: words.atAlpha(formatShare(alpha)), look: 'accepted', strong: true, points }]} />
        <Points points={[{ x: gamma, y: speedAt(gamma), look: 'ink', label: words.chosen }]} />
      </Chart>
      <p className="live-finding">
        {words.yours(gamma, formatRatio(expectedTokens(alpha, gamma)), formatRatio(price), formatRatio(speedAt(gamma)))}{' '}
        {words.best(best, formatRatio(speedAt(best)))} {words.breakEven(gamma, even === null ? null : formatShare(even))}
      </p>
    </>
  );
}
