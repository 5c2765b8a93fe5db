import type { RunToken } from '../../core/types';
import { formatProbability } from '../../ui/format';
import { stepper as words } from '../../ui/texts/stepper';
import type { Rule } from './rule';

/** The test that a draft was put to, with its figures; for the target's own token, where it came from. */
export function Test({ token, rule }: { readonly token: RunToken; readonly rule: Rule }) {
  const { verdict, p, q, u } = token;
  if (verdict !== 'accepted' && verdict !== 'rejected') return <p className="test-words">{words.origin(verdict, rule)}</p>;
  const accepted = verdict === 'accepted';
  if (rule !== 'rejection' || p === null || q === null || u === null || q === 0) {
    return <p className="test-words">{words.match(rule, accepted)}</p>;
  }
  const chance = Math.min(1, p / q);
  return (
    <>
      <div className="test" aria-hidden="true">
        <i style={{ width: `${100 * chance}%` }} />
        <u style={{ left: `${100 * u}%` }} />
      </div>
      <p className="test-words">{words.test(formatProbability(chance), formatProbability(u), accepted)}</p>
    </>
  );
}
