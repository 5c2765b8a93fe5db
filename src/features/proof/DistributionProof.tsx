import { useMemo } from 'react';
import { showWrongRule } from '../../actions/proof';
import { controlTemperature, type ProofVerdict, proofVerdict, type Tried, triedBy } from '../../core/study/proof';
import { type Beginning, type Judgement, judgeSamples } from '../../core/study/sameDistribution';
import { otherThan, useTarget } from '../../store/engine/catalogue';
import { type DistributionProof as Proof, useProof } from '../../store/modes/proof';
import { ActionButton } from '../../ui/ActionButton';
import { type Figure, FigureList } from '../../ui/FigureList';
import { formatCount, formatPValue, formatRatio } from '../../ui/format';
import { Progress } from '../../ui/Progress';
import { proof as texts } from '../../ui/texts/proof';
import { HistogramTable } from './HistogramTable';
import { Proven } from './Proven';

const words = texts.distribution;

/** The two samples as they grow, the test, what it means, and the same test on a rule that is wrong. */
export function DistributionProof({ proving }: { readonly proving: boolean }) {
  const proof = useProof((state) => state.distribution);
  return proof ? <Sampled proof={proof} proving={proving} /> : null;
}

function Sampled({ proof, proving }: { readonly proof: Proof; readonly proving: boolean }) {
  const { plan, samples } = proof;
  const { plain, speculative, control } = samples;
  const judgement = useMemo(() => judgeSamples(speculative, plain), [speculative, plain]);
  const tried = useMemo(() => triedBy(speculative), [speculative]);
  const verdict = proofVerdict(judgement, tried);
  const done = Math.min(plain.length, speculative.length);
  const sampling = proving && done < plan.size;
  const alike = done > 0 && judgement.test === null && new Set([...plain, ...speculative].map(({ key }) => key)).size === 1;
  return (
    <>
      <p className="proof-verdict" role="status" data-tone={sampling ? 'open' : TONES[verdict]}>
        {sampling ? texts.working : alike ? words.same : words.verdict(judgement, verdict, tried, done, plan.size)}
      </p>
      <Progress
        label={words.progressLabel}
        done={done}
        total={plan.size}
        text={`${words.progress(done, plan.size)}${sampling || done === plan.size ? '' : ` · ${texts.stopKept}`}`}
      />
      <div className="sampled">
        <HistogramTable first={speculative} second={plain} legend={{ first: words.legend.first, second: words.legend.second }} />
        <div className="sampled-figures">
          <FigureList figures={figuresOf(judgement, tried)} />
          <p>{meaning(judgement, tried, done)}</p>
        </div>
      </div>
      {done === 0 || sampling ? null : (
        <>
          {verdict === 'alike' ? <Proven shown={words.proven(plan.tokens, done)} notShown={words.notProven} /> : null}
          <Control proof={proof} control={control} />
        </>
      )}
    </>
  );
}

const TONES: Readonly<Record<ProofVerdict, string>> = { alike: 'alike', apart: 'apart', unclear: 'open', untried: 'open' };

function figuresOf({ test, distance }: Judgement, { judged, rejected }: Tried): Figure[] {
  return [
    { key: 'statistic', name: words.statistic, value: formatRatio(test?.statistic ?? null) },
    { key: 'degreesOfFreedom', name: words.degreesOfFreedom, note: words.degreesNote, value: formatCount(test?.degreesOfFreedom ?? null) },
    { key: 'pValue', name: words.pValue, value: test ? formatPValue(test.pValue) : formatCount(null) },
    { key: 'distance', name: words.distance, note: words.distanceNote, value: formatRatio(distance) },
    {
      key: 'judged',
      name: words.judged,
      note: words.judgedNote(formatCount(rejected)),
      value: formatCount(judged),
    },
  ];
}

/** How much the test would have seen, and how much of the rule it saw at work. */
function meaning({ detectable }: Judgement, { judged, rejected, enough }: Tried, done: number): string {
  const sentences = [
    // The distance that is found falls with the root of the number of runs.
    detectable === null ? '' : words.power(detectable, 3 * done),
    done > 0 && judged === 0 ? words.untested : done > 0 && !enough ? words.fewRejected(rejected) : '',
    words.levelNote,
  ];
  return sentences.filter(Boolean).join(' ');
}

/** The same test where it must fail. */
function Control({ proof, control }: { readonly proof: Proof; readonly control: readonly Beginning[] }) {
  const { plain } = proof.samples;
  const target = useTarget();
  const judgement = useMemo(() => judgeSamples(control, plain), [control, plain]);
  const { start } = proof;
  const other = start && target && otherThan(start, target);
  const right = start?.settings.sampling.temperature ?? 0;
  const complete = control.length >= plain.length;
  return (
    <section className="control" aria-label={words.controlHeading}>
      <h3>{words.controlHeading}</h3>
      <p>{words.controlIntro(String(controlTemperature(right)), String(right))}</p>
      <ActionButton action={showWrongRule} look="small" />
      {other && start ? <p>{words.controlElsewhere[other](start)}</p> : null}
      {control.length === 0 ? null : (
        <>
          <p className="proof-verdict" role="status" data-tone={complete && judgement.verdict === 'apart' ? 'apart' : 'open'}>
            {words.controlVerdict(judgement, control.length, plain.length)}
          </p>
          <HistogramTable first={control} second={plain} legend={{ first: words.legend.control, second: words.legend.second }} />
        </>
      )}
    </section>
  );
}
