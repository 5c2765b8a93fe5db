import { lastAsked } from '../../core/modes/beTheDraft';
import type { NamedCandidate, RunToken } from '../../core/types';
import { useBeTheDraft } from '../../store/modes/beTheDraft';
import { formatProbability } from '../../ui/format';
import { tokenCard } from '../../ui/texts';
import { beTheDraft as words } from '../../ui/texts/beTheDraft';
import { CandidateBars } from '../../ui/tokens';
import { visibleText } from '../../ui/visibleText';
import './thoughts.css';

/** The last round, token by token: the target's probability of the typed token next to the target's most likely ones. */
export function Thoughts() {
  const round = useBeTheDraft(({ events }) => lastAsked(events));
  return (
    <section className="thoughts" aria-label={words.thoughts}>
      <h3>{words.thoughts}</h3>
      {round ? (
        <ol>
          {round.tokens.map((token, i) => (
            // A round never changes.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <Thought key={i} token={token} instead={insteadOf(round.tokens, i)} />
          ))}
        </ol>
      ) : (
        <p>{words.thoughtsEmpty}</p>
      )}
    </section>
  );
}

/** Where candidates were not measured, the target's own token is still known at the place of the first rejection. */
function insteadOf(tokens: readonly RunToken[], at: number): RunToken | null {
  const own = tokens.at(-1);
  return tokens[at]?.verdict === 'rejected' && own?.verdict === 'corrected' ? own : null;
}

function Thought({ token, instead }: { readonly token: RunToken; readonly instead: RunToken | null }) {
  const { verdict, p, text } = token;
  const likeliest = likeliestAt(token, instead);
  return (
    <li data-verdict={verdict}>
      <p className="thought-token">
        <span className={`token ${verdict}`}>
          <span className="ink">{text === '' ? tokenCard.noText : visibleText(text)}</span>
        </span>
      </p>
      <p className="thought-verdict">{words.verdicts[verdict]}</p>
      <p className="thought-p">{verdict === 'discarded' || p === null ? null : words.p(formatProbability(p))}</p>
      {likeliest.length > 0 ? <CandidateBars candidates={{ p: likeliest, q: [], residual: [] }} chosen={token.id} /> : null}
    </li>
  );
}

/** The target's most likely tokens at the place of `token`, as far as they were measured; empty for tokens that were never judged. */
function likeliestAt({ verdict, candidates }: RunToken, instead: RunToken | null): readonly NamedCandidate[] {
  if (verdict === 'discarded') return [];
  if (candidates) return candidates.p;
  return instead && instead.p !== null ? [{ id: instead.id, text: instead.text, probability: instead.p }] : [];
}
