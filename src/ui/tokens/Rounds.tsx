import { Fragment, memo } from 'react';
import { pastEndOf } from '../../core/run/tally';
import { COMMITTED_VERDICTS, type RoundEvent, type RunToken } from '../../core/types';
import { PastEnd } from './PastEnd';
import { Token } from './Token';

const ROUNDS_PER_BLOCK = 32;

interface RoundsProps {
  /** Grows at its end only, as long as its first element is the same. */
  readonly rounds: readonly RoundEvent[];
  /** Whether the last token of the last round ended the answer. */
  readonly stopped: boolean;
}

/** All rounds, in blocks, so that a new round costs one block's comparison and not one a round. */
export function Rounds({ rounds, stopped }: RoundsProps) {
  const blocks = Math.ceil(rounds.length / ROUNDS_PER_BLOCK);
  return Array.from({ length: blocks }, (_, block) => {
    const from = block * ROUNDS_PER_BLOCK;
    const to = Math.min(from + ROUNDS_PER_BLOCK, rounds.length);
    return <Block key={from} rounds={rounds} from={from} to={to} stopped={stopped && to === rounds.length} />;
  });
}

interface BlockProps extends RoundsProps {
  readonly from: number;
  readonly to: number;
}

const Block = memo(
  function Block({ rounds, from, to, stopped }: BlockProps) {
    return rounds.slice(from, to).map((round, i, block) => (
      <Fragment key={round.index}>
        {/* A round may begin within a word: breaking there, too, a line never moves what earlier rounds wrote. */}
        <wbr />
        <Round round={round} at={from + i} stopped={stopped && i === block.length - 1} />
      </Fragment>
    ));
  },
  (before, after) =>
    before.rounds[before.from] === after.rounds[after.from] &&
    before.from === after.from &&
    before.to === after.to &&
    before.stopped === after.stopped,
);

interface RoundProps {
  readonly round: RoundEvent;
  readonly at: number;
  readonly stopped: boolean;
}

const Round = memo(function Round({ round, at, stopped }: RoundProps) {
  const last = lastCommitted(round);
  const behind = pastEndOf(round);
  const judged = round.tokens.length - behind;
  const tokens = (from: number, to: number) =>
    round.tokens.slice(from, to).map((token, offset) => {
      const i = from + offset;
      return (
        <Fragment key={i}>
          {i > 0 && isStruck(token) !== isStruck(round.tokens[i - 1]) ? <wbr /> : null}
          <Token token={token} at={`${at}.${i}`} isStop={stopped && i === last} />
        </Fragment>
      );
    });
  return (
    <span className={startsApart(round) ? 'round apart' : 'round'} data-round={round.index}>
      {tokens(0, judged)}
      {behind > 0 ? <PastEnd count={behind}>{tokens(judged, round.tokens.length)}</PastEnd> : null}
    </span>
  );
});

/** A struck token is not part of a word: a line may break next to it, so that later tokens do not move earlier ones. */
function isStruck(token: RunToken | undefined): boolean {
  return token !== undefined && !COMMITTED_VERDICTS.has(token.verdict);
}

/** Whether a blank follows the boundary, so that it stands between two words. */
function startsApart(round: RoundEvent): boolean {
  return /^\s/.test(round.tokens[0]?.text ?? '');
}

/** An accepted stop token stands before the drafts that it discarded. */
function lastCommitted(round: RoundEvent): number {
  return round.tokens.findLastIndex((token) => token.verdict !== 'rejected' && token.verdict !== 'discarded');
}
