import { useEffect } from 'react';
import { play } from '../../actions/beTheDraft';
import { chooseTeams, dismissBeTheDraftFailure, leaveBeTheDraft, TEAMS, type Teams, useBeTheDraft } from '../../store/modes/beTheDraft';
import { Button } from '../../ui/Button';
import { Choices } from '../../ui/Choices';
import { FailureNotice } from '../../ui/FailureNotice';
import { formatCount } from '../../ui/format';
import { failures } from '../../ui/texts';
import { beTheDraft as words } from '../../ui/texts/beTheDraft';
import { Ask, SettingsForm } from '../prompt';
import './beTheDraft.css';
import { Board } from './Board';
import { Scores } from './Scores';
import { Thoughts } from './Thoughts';

const OPTIONS = TEAMS.map((count) => ({ value: String(count), label: formatCount(count) }));

/** A person, or a room in teams, drafts; the target judges, and the score appears next to the draft model's. */
export function BeTheDraft() {
  const failure = useBeTheDraft((state) => state.failure);
  const teams = useBeTheDraft((state) => state.teams);
  const fresh = useBeTheDraft(({ phase, events, model }) => phase === 'idle' && events.length === 0 && model.length === 0);
  // Nobody is there to be waited for once the view is left.
  useEffect(() => leaveBeTheDraft, []);
  return (
    <>
      <Ask action={play} refused={{ failure, dismiss: dismissBeTheDraftFailure }}>
        <div className="compact-settings">
          <details className="fold">
            <summary>{words.settings}</summary>
            <SettingsForm withMode={false} />
          </details>
          <Choices legend={words.teams} options={OPTIONS} value={String(teams)} onChange={(value) => chooseTeams(Number(value) as Teams)} />
        </div>
      </Ask>
      {failure ? (
        <FailureNotice failure={failure}>
          <Button look="quiet" onPress={dismissBeTheDraftFailure}>
            {failures.dismiss}
          </Button>
        </FailureNotice>
      ) : null}
      {fresh ? (
        <p className="be-the-draft-intro">{words.intro}</p>
      ) : (
        <div className="be-the-draft">
          <Board />
          <Scores />
          <Thoughts />
        </div>
      )}
    </>
  );
}
