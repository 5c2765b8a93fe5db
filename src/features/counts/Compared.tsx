import { useMemo } from 'react';
import { prove } from '../../actions/prove';
import { type Comparison, compareRuns } from '../../core/comparison';
import { useRun } from '../../store/run';
import { ActionButton } from '../../ui/ActionButton';
import { counts as words } from '../../ui/texts';
import { clock } from '../../ui/texts/clock';

/** The last speculative run beside the last plain one. */
export function Compared() {
  const { speculative, plain } = useRun((state) => state.last);
  const compared = useMemo(() => speculative && plain && compareRuns(speculative, plain), [speculative, plain]);
  return (
    <div className="compared">
      {compared ? (
        <>
          <h3>{words.compared}</h3>
          {compared.tooCoarse ? (
            <p>{clock.speed}</p>
          ) : compared.speed === null ? null : (
            <p>
              <b>{words.speed(compared.speed)}</b> {words.rates(compared.tokensPerSecond.speculative, compared.tokensPerSecond.plain)}
            </p>
          )}
          <p data-output={compared.output}>{outputSentence(compared)}</p>
        </>
      ) : (
        <p>{speculative && plain ? words.otherPrompt : speculative ? words.runOther.plain : plain ? words.runOther.speculative : null}</p>
      )}
      <ActionButton action={prove} look="small" />
    </div>
  );
}

function outputSentence({ output, alike }: Comparison): string {
  switch (output) {
    case 'identical':
      return words.identical(alike);
    case 'partly':
      return words.identicalSoFar(alike);
    case 'different':
      return words.differs(alike + 1);
    case 'sampled':
      return words.sampledOtherwise(alike + 1);
  }
}
