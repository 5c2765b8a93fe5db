import { useEffect } from 'react';
import { play } from '../../actions/beTheDraft';
import { chooseTeams, dismissGuessingFailure, leaveGuessing, TEAMS, type Teams, useGuessing } from '../../store/modes/beTheDraft';
import { Button } from '../../ui/Button';
import { Choices } from '../../ui/Choices';
import { FailureNotice } from '../../ui/FailureNotice';
import { formatCount } from '../../ui/format';
import { failures } from '../../ui/texts';
import { guessing as words } from '../../ui/texts/beTheDraft';
import { Ask, RunSettings } from '../prompt';
import './beTheDraft.css';
import { Stage } from './Board';
import { Scores } from './Scores';
import { Thoughts } from './Thoughts';

const OPTIONS = TEAMS.map((count) => ({ value: String(count), label: formatCount(count) }));

/** A person, or a room in teams, drafts; the target judges, and the score stands beside the draft model's. */
export function BeTheDraft() {
  const failure = useGuessing((state) => state.failure);
  const teams = useGuessing((state) => state.teams);
  const fresh = useGuessing(({ phase, events, model }) => phase === 'idle' && events.length === 0 && model.length === 0);
  // Nobody is there to be waited for once the view is left.
  useEffect(() => leaveGuessing, []);
  return (
    <>
      <Ask action={play} refused={{ failure, dismiss: dismissGuessingFailure }}>
        <div className="compact-settings">
          <details className="fold">
            <summary>{words.settings}</summary>
            <RunSettings withMode={false} />
          </details>
          <Choices legend={words.teams} options={OPTIONS} value={String(teams)} onChange={(value) => chooseTeams(Number(value) as Teams)} />
        </div>
      </Ask>
      {failure ? (
        <FailureNotice failure={failure}>
          <Button look="quiet" onPress={dismissGuessingFailure}>
            {failures.dismiss}
          </Button>
        </FailureNotice>
      ) : null}
      {fresh ? (
        <p className="guessing-intro">{words.intro}</p>
      ) : (
        <div className="guessing">
          <Stage />
          <Scores />
          <Thoughts />
        </div>
      )}
    </>
  );
}
