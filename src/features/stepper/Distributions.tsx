import { Fragment } from 'react';
import type { Candidate, NamedCandidate, RunToken, TokenId } from '../../core/types';
import { formatProbability } from '../../ui/format';
import { tokenCard } from '../../ui/texts';
import { stepper as words } from '../../ui/texts/stepper';
import { visibleText } from '../../ui/visibleText';

const SHOWN = 4;
/** Candidates below it under both models say nothing more. */
const NEGLIGIBLE = 0.005;

/** What might stand at one position: a bar for the target's p, a thin one below it for the draft's q. */
interface Row {
  readonly id: TokenId;
  readonly text: string;
  readonly p: number | null;
  readonly q: number | null;
}

/** The most likely tokens of a position under both models, or in the residual where the target's own token came from it. */
export function Distributions({ token, verified }: { readonly token: RunToken; readonly verified: boolean }) {
  const corrected = token.verdict === 'corrected' && (token.candidates?.residual.length ?? 0) > 0;
  const rows = corrected ? residualRows(token) : likelyRows(token, verified);
  return (
    <table className={corrected ? 'distributions residual' : 'distributions'}>
      <caption>{corrected ? tokenCard.candidates.residual : verified ? words.pAndQ : words.q}</caption>
      <tbody>
        {rows.map(({ id, text, p, q }) => (
          <Fragment key={id}>
            <tr data-chosen={id === token.id || undefined}>
              <th scope="row">{text}</th>
              <td>
                {p === null ? null : <span>{formatProbability(p)}</span>} {q === null ? null : <small>{formatProbability(q)}</small>}
              </td>
            </tr>
            {/* As wide as the column: of a part of it, a bar would say nothing. */}
            <tr>
              <td className="distribution-bars" colSpan={2} aria-hidden="true">
                {p === null ? null : <i className="bar-p" style={{ width: `${100 * p}%` }} />}
                {q === null ? null : <i className="bar-q" style={{ width: `${100 * q}%` }} />}
              </td>
            </tr>
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function residualRows({ candidates }: RunToken): Row[] {
  return (candidates?.residual ?? [])
    .slice(0, SHOWN)
    .map(({ id, text, probability }) => ({ id, text: nameOf(id, text), p: probability, q: null }));
}

/** Without candidates, as in greedy rounds, the token alone with what was measured of it. */
function likelyRows(token: RunToken, verified: boolean): Row[] {
  const { candidates, id, text } = token;
  if (!candidates) return [{ id, text: nameOf(id, text), p: verified ? token.p : null, q: token.q }];
  const named = new Map<TokenId, string>([[id, text], ...[...candidates.p, ...candidates.q].map((each) => [each.id, each.text] as const)]);
  const chance = (list: readonly Candidate[], wanted: TokenId, own: number | null) =>
    wanted === id ? own : (list.find((each) => each.id === wanted)?.probability ?? null);
  const order: readonly NamedCandidate[] = verified ? [...candidates.p, ...candidates.q] : candidates.q;
  const ids = [...new Set([id, ...order.map((each) => each.id)])].slice(0, SHOWN);
  return ids
    .map((each) => ({
      id: each,
      text: nameOf(each, named.get(each) ?? ''),
      p: verified ? chance(candidates.p, each, token.p) : null,
      q: chance(candidates.q, each, token.q),
    }))
    .filter(({ id: each, p, q }) => each === id || Math.max(p ?? 0, q ?? 0) >= NEGLIGIBLE)
    .sort((a, b) => (verified ? (b.p ?? 0) - (a.p ?? 0) : (b.q ?? 0) - (a.q ?? 0)));
}

function nameOf(id: TokenId, text: string): string {
  return text === '' ? tokenCard.id(id) : visibleText(text);
}
