import { useMemo } from 'react';
import type { MeasuredRun } from '../../core/study/experiment';
import { type Ballot, ballotsOf, type Choice, talliesOf } from '../../core/study/vote';
import { pairsOf } from '../../core/study/worksheet';
import { useExperiment, vote } from '../../store/modes/experiment';
import { Button } from '../../ui/Button';
import { FigureList } from '../../ui/FigureList';
import { formatCount } from '../../ui/format';
import { experiment } from '../../ui/texts/experiment';

const words = experiment.vote;
const CHOICES: readonly Choice[] = [0, 1, 'neither'];
const SIDES = ['speculative', 'plain', 'neither'] as const;

/** Two answers at a time without their labels, which come back only with the votes. */
export function BlindVote({ measured }: { readonly measured: readonly MeasuredRun[] }) {
  const ballots = useMemo(() => ballotsOf(pairsOf(measured)), [measured]);
  const votes = useExperiment((state) => state.votes);
  const open = ballots.filter(({ key }) => votes[key] === undefined);
  const [current] = open;
  const cast = ballots.filter(({ key }) => votes[key] !== undefined);
  const tallies = talliesOf(ballots, votes);
  return (
    <section className="vote" aria-label={words.heading}>
      <h3>{words.heading}</h3>
      {ballots.length === 0 ? <p className="vote-note">{pairsOf(measured).length > 0 ? words.none : words.unmeasured}</p> : null}
      {current ? <Voting ballot={current} number={cast.length + 1} of={ballots.length} /> : null}
      {cast.length > 0 ? (
        <>
          <p role="status" className="vote-note">
            {words.revealed(words.sides[wonBy(cast.at(-1), votes)])} {current ? '' : words.done}
          </p>
          <FigureList figures={SIDES.map((side) => ({ key: side, name: words.sides[side], value: formatCount(tallies[side]) }))} />
        </>
      ) : null}
    </section>
  );
}

function wonBy(ballot: Ballot | undefined, votes: Readonly<Record<string, Choice>>): (typeof SIDES)[number] {
  const choice = ballot && votes[ballot.key];
  return ballot && choice !== undefined && choice !== 'neither' ? ballot.sides[choice] : 'neither';
}

function Voting({ ballot, number, of }: { readonly ballot: Ballot; readonly number: number; readonly of: number }) {
  return (
    <>
      <p>{words.ask(number, of)}</p>
      <p className="vote-prompt">
        {words.prompt}: <q>{ballot.prompt}</q>
      </p>
      <div className="vote-answers">
        {ballot.answers.map((answer, i) => (
          <figure key={words.answers[i]}>
            <figcaption>{words.answers[i]}</figcaption>
            <blockquote>{answer === '' ? <i>{words.empty}</i> : answer}</blockquote>
          </figure>
        ))}
      </div>
      <div className="vote-choices">
        {CHOICES.map((choice, i) => (
          <Button key={choice} look="small" onPress={() => vote(ballot.key, choice)}>
            {words.choose[i]}
          </Button>
        ))}
      </div>
    </>
  );
}
