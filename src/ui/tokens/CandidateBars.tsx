import type { Candidates, NamedCandidate, TokenId } from '../../core/types';
import { formatProbability } from '../format';
import { tokenCard as words } from '../texts';
import { visibleText } from '../visibleText';

const SHOWN = 4;
const DISTRIBUTIONS = ['p', 'q', 'residual'] as const;

interface CandidateBarsProps {
  readonly candidates: Candidates<NamedCandidate>;
  /** The token that they are candidates for. */
  readonly chosen: TokenId;
}

/** The most likely tokens under the target, under the draft and in the residual, as bars to one scale. */
export function CandidateBars({ candidates, chosen }: CandidateBarsProps) {
  return (
    <div className="candidates">
      {DISTRIBUTIONS.map((name) =>
        candidates[name].length > 0 ? (
          <table key={name} className={name}>
            <caption>{words.candidates[name]}</caption>
            <tbody>
              {candidates[name].slice(0, SHOWN).map(({ id, text, probability }) => (
                <tr key={id} data-chosen={id === chosen || undefined}>
                  <th scope="row">{text === '' ? words.id(id) : visibleText(text)}</th>
                  <td className="candidate-bar" aria-hidden="true">
                    <i style={{ width: `${100 * probability}%` }} />
                  </td>
                  <td>{formatProbability(probability)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null,
      )}
    </div>
  );
}
