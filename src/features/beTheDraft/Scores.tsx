import { useMemo } from 'react';
import { type Score, scoreOf, scoresByTeam, upToTokens } from '../../core/modes/beTheDraft';
import { startOf, tally } from '../../core/run/tally';
import type { RunEvent } from '../../core/types';
import { useBeTheDraft } from '../../store/modes/beTheDraft';
import { formatShare } from '../../ui/format';
import { beTheDraft as words } from '../../ui/texts/beTheDraft';
import './scores.css';

/** The person's acceptance beside the draft model's own on the same prompt, and what each saved. */
export function Scores() {
  const events = useBeTheDraft((state) => state.events);
  const model = useBeTheDraft((state) => state.model);
  const teams = useBeTheDraft((state) => state.playing);
  const mine = useMemo(() => scoreOf(events), [events]);
  const theirs = useMemo(() => scoreOf(upToTokens(model, mine.committed)), [model, mine]);
  const whole = useMemo(() => scoreOf(model), [model]);
  const waited = useMemo(() => tally(events).waitedMs, [events]);
  return (
    <section className="scores" aria-label={words.score}>
      <h3>{words.score}</h3>
      <div className="scores-sides">
        <Side who={teams > 1 ? words.room : words.you} side="person" score={mine} />
        <Side who={words.model} side="model" score={theirs} />
      </div>
      <p className="scores-note">{isSameText(events) ? words.stretchSame : words.stretch}</p>
      {model.length > 0 ? <p className="scores-note">{words.modelWhole(whole.acceptanceRate, startOf(model)?.settings.gamma)}</p> : null}
      {teams > 1 ? <TeamScores scores={scoresByTeam(events, teams)} /> : null}
      {waited ? <p className="scores-note">{words.waited(waited)}</p> : null}
    </section>
  );
}

/** Whether the target writes the same text with any draft. */
function isSameText(events: readonly RunEvent[]): boolean {
  const sampling = startOf(events)?.settings.sampling;
  return sampling !== undefined && (sampling.temperature === 0 || sampling.rule === 'coupled');
}

function Side({ who, side, score }: { readonly who: string; readonly side: 'person' | 'model'; readonly score: Score }) {
  const { acceptanceRate } = score;
  return (
    <div className="score" data-side={side}>
      <p className="score-who">{who}</p>
      <p className="score-rate" data-missing={acceptanceRate === null || undefined}>
        {formatShare(acceptanceRate)}
      </p>
      <p className="score-bar" aria-hidden="true">
        <i style={{ width: `${100 * (acceptanceRate ?? 0)}%` }} />
      </p>
      <p>
        {words.accepted(score)}, {words.alpha(acceptanceRate)}
      </p>
      <p>{words.saved(score)}</p>
    </div>
  );
}

function TeamScores({ scores }: { readonly scores: readonly Score[] }) {
  return (
    <table className="scores-teams">
      <caption>{words.byTeam}</caption>
      <thead>
        <tr>
          <th scope="col">{words.columns.team}</th>
          <th scope="col">{words.columns.accepted}</th>
          <th scope="col">{words.columns.rate}</th>
        </tr>
      </thead>
      <tbody>
        {scores.map(({ accepted, judged, acceptanceRate }, i) => (
          // Teams never change in a game.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <tr key={i}>
            <th scope="row">{words.team(i + 1)}</th>
            <td>{words.acceptedOf(accepted, judged)}</td>
            <td>{formatShare(acceptanceRate)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
