import type { RoundEvent, RunToken } from '../../../core/types';
import { formatShare } from '../../../ui/format';
import { byHand as words } from '../../../ui/texts/live';
import { overlapAt } from './overlap';
import { ResidualBars } from './ResidualBars';

interface ByHandEndProps {
  readonly round: RoundEvent;
  readonly judged: readonly RunToken[];
  /** What a person said of each. */
  readonly answers: readonly boolean[];
}

/** The end of a round that a person has judged: the target's own token, and where it came from. */
export function ByHandEnd({ round, judged, answers }: ByHandEndProps) {
  const own = round.tokens.find(({ verdict }) => verdict === 'corrected' || verdict === 'bonus');
  const dropped = round.tokens.filter(({ verdict }) => verdict === 'discarded').length;
  const right = judged.filter(({ verdict }, i) => answers[i] === (verdict === 'accepted')).length;
  const overlap = own && overlapAt(own);
  return (
    <>
      <p>
        <b>{words.score(right, judged.length)}</b>
      </p>
      <h3 className="live-step">{words.residual}</h3>
      {own?.verdict === 'bonus' ? <p>{words.bonusWords(own.text)}</p> : null}
      {own?.verdict === 'corrected' ? (
        <>
          <p>
            {overlap ? words.residualWords(own.text, formatShare(overlap.left)) : words.correctedWords(own.text)}{' '}
            {dropped > 0 ? words.dropped(dropped) : null}
          </p>
          {overlap ? <ResidualBars overlap={overlap} /> : null}
        </>
      ) : null}
    </>
  );
}
