import { useMemo } from 'react';
import { type Alignment, align, type Parting } from '../../core/run/alignment';
import { deviceOf } from '../../core/run/device';
import { startOf } from '../../core/run/tally';
import type { RunToken } from '../../core/types';
import { type IdsProof as Runs, useProof } from '../../store/modes/proof';
import { formatProbability } from '../../ui/format';
import { proof as texts } from '../../ui/texts/proof';
import { useAwaited } from '../../ui/useAwaited';
import { visibleText } from '../../ui/visibleText';
import { AlignedTokens } from './AlignedTokens';
import { Proven } from './Proven';

const words = texts.ids;
const NONE: Runs = { speculative: [], plain: [] };

/** Both outputs token by token, with the verdict in a sentence. */
export function IdsProof({ proving }: { readonly proving: boolean }) {
  const runs = useProof((state) => state.ids);
  return runs || proving ? <Compared runs={runs ?? NONE} proving={proving} /> : null;
}

function Compared({ runs, proving }: { readonly runs: Runs; readonly proving: boolean }) {
  const start = startOf(runs.plain);
  const alignment = useMemo(() => align(runs.speculative, runs.plain), [runs]);
  const { pairs, alike, parting, verdict } = alignment;
  const { speculative, plain } = runs;
  const awaited = useAwaited([speculative, plain].find((events) => events.at(-1)?.type !== 'end') ?? []);
  const tone = proving ? 'open' : verdict === 'different' ? 'apart' : verdict === null ? 'open' : 'alike';
  return (
    <>
      <p className="proof-verdict" role="status" data-tone={tone}>
        {proving ? awaited : verdictSentence(alignment)}
      </p>
      {!proving && startOf(speculative)?.exact === false ? <p>{words.nearTies}</p> : null}
      {parting && !proving ? <PartingNote parting={parting} pair={pairs[parting.at]} /> : null}
      <AlignedTokens pairs={pairs} parted={proving || verdict === 'partly' ? null : alike} />
      {proving || verdict === null ? null : verdict === 'different' ? (
        <Proven shown={words.refuted(alike)} notShown={words.unrefuted} />
      ) : (
        <Proven shown={words.proven(alike, start ? deviceOf(start) : '')} notShown={words.notProven} />
      )}
    </>
  );
}

function verdictSentence({ verdict, alike }: Alignment): string {
  return verdict === null || verdict === 'sampled' ? words.incomplete : words.verdicts[verdict](alike);
}

interface PartingNoteProps {
  readonly parting: Parting;
  readonly pair: { readonly speculative: RunToken | null; readonly plain: RunToken | null } | undefined;
}

function PartingNote({ parting, pair }: PartingNoteProps) {
  const p = { speculative: formatProbability(parting.p.speculative), plain: formatProbability(parting.p.plain) };
  return (
    <p className="proof-parting">
      {words.parting(visibleText(pair?.speculative?.text ?? ''), visibleText(pair?.plain?.text ?? ''), p)}{' '}
      {parting.logitGap === null ? words.noGap : words.gap(parting.logitGap)}
    </p>
  );
}
