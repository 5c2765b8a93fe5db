import { useMemo, useState } from 'react';
import { bestGamma, breakEven, expectedTokens, plainTokenMs, predictedSpeedup, verifyMs } from '../../core/cost/cost';
import { costsOf, type TheoryCosts, theoryOf } from '../../core/cost/whatIf';
import { LIMITS } from '../../core/types';
import { Button } from '../../ui/Button';
import { formatCount, formatRatio, formatShare } from '../../ui/format';
import { Slider } from '../../ui/Slider';
import { measure as words } from '../../ui/texts/measure';
import { speeds } from '../../ui/texts/speeds';
import { SpeedCurves } from './SpeedCurves';
import type { Measured } from './useMeasured';

interface Assumed extends TheoryCosts {
  readonly alpha: number;
  readonly gamma: number;
}

/** Where nothing was measured: figures of nowhere in particular. */
const EXAMPLE: Assumed = { alpha: 0.7, gamma: 4, draft: 0.15, slope: 0.15, fixed: 0.1 };
const PLAIN_FIXED = 0.1;
/** Ends of the sliders, in decodes. */
const MOST = { draft: 2, slope: 1.2, fixed: 2 };

/** The model of costs with figures that a person chooses; theory, and marked as that. */
export function WhatIf({ measured }: { readonly measured: Measured }) {
  const { lead, counts, context } = measured.figures;
  const { acceptanceRate } = counts;
  const costsNow = lead?.costs ?? null;
  const [changed, setChanged] = useState<Partial<Assumed>>({});
  const start = useMemo((): Assumed => {
    if (!lead) return EXAMPLE;
    const { draft, slope, fixed } = theoryOf(lead.costs, context);
    const capped = { draft: Math.min(MOST.draft, draft), slope: Math.min(MOST.slope, slope), fixed: Math.min(MOST.fixed, fixed) };
    return { alpha: acceptanceRate ?? EXAMPLE.alpha, gamma: lead.gamma, ...capped };
  }, [lead, context, acceptanceRate]);
  const assumed = { ...start, ...changed };
  const { alpha, gamma, draft, slope, fixed } = assumed;
  const plainFixed = costsNow ? plainTokenMs(costsNow, context) / verifyMs(costsNow, 1, context) - 1 : PLAIN_FIXED;
  const costs = useMemo(() => costsOf({ draft, slope, fixed }, plainFixed), [draft, slope, fixed, plainFixed]);
  const speedup = predictedSpeedup(costs, alpha, gamma, 0);
  const best = bestGamma(costs, alpha, 0, LIMITS.gamma.max);
  const even = breakEven(costs, gamma, 0);
  const set = (change: Partial<Assumed>) => setChanged({ ...changed, ...change });
  const share = (value: number) => words.inTokens(formatRatio(value));
  return (
    <section className="measure-part measure-theory" aria-labelledby="measure-what-if">
      <div className="measure-bar">
        <h3 id="measure-what-if">
          {words.whatIfHeading} <span className="measure-tag">{words.theory}</span>
        </h3>
        <Button look="small" disabled={Object.keys(changed).length === 0} onPress={() => setChanged({})}>
          {words.reset}
        </Button>
      </div>
      <p>
        {words.whatIfIntro} {lead ? words.from(lead.costsOf) : words.fromExample}
      </p>
      <div className="measure-pair">
        <div className="measure-sliders">
          <Slider
            label={words.alpha}
            value={alpha}
            min={0}
            max={1}
            step={0.01}
            text={formatShare(alpha)}
            onChange={(value) => set({ alpha: value })}
          />
          <Slider
            label={words.draftLength}
            value={gamma}
            min={LIMITS.gamma.min}
            max={LIMITS.gamma.max}
            step={1}
            text={formatCount(gamma)}
            onChange={(value) => set({ gamma: value })}
          />
          <Slider
            label={words.draftCost}
            value={draft}
            min={0}
            max={MOST.draft}
            step={0.01}
            text={share(draft)}
            onChange={(value) => set({ draft: value })}
          />
          <Slider
            label={words.slope}
            value={slope}
            min={0}
            max={MOST.slope}
            step={0.01}
            text={share(slope)}
            onChange={(value) => set({ slope: value })}
          />
          <Slider
            label={words.fixed}
            value={fixed}
            min={0}
            max={MOST.fixed}
            step={0.01}
            text={share(fixed)}
            onChange={(value) => set({ fixed: value })}
          />
          <p className="measure-would">
            <b>{words.would(speeds.times(speedup), formatRatio(expectedTokens(alpha, gamma)), formatCount(gamma))}</b>{' '}
            {best === 0 ? words.wouldPlain : words.wouldBest(best, speeds.times(predictedSpeedup(costs, alpha, best, 0)))}{' '}
            {words.wouldEven(even === null ? null : formatShare(even))}
          </p>
        </div>
        <SpeedCurves
          title={words.whatIfTitle}
          note=""
          costs={costs}
          context={0}
          gamma={gamma}
          points={[{ x: alpha, y: speedup, look: 'ink', label: words.thisPoint(formatRatio(speedup)) }]}
        />
      </div>
    </section>
  );
}
