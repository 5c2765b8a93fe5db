import { useState } from 'react';
import { acceptanceBand, readTypedCounts, type TypedCounts, type TypedField, type TypedFigures } from '../../core/cost/acceptance';
import { ProblemField } from '../../ui/ProblemField';
import { experiment } from '../../ui/texts/experiment';

const words = experiment.typed;
const FIELDS: readonly TypedField[] = ['drafted', 'accepted', 'rejected', 'plainTime', 'speculativeTime'];
const NOTHING: TypedCounts = { drafted: '', accepted: '', rejected: '', plainTime: '', speculativeTime: '' };

/** The worksheet's formulas on counts that a person types, with what they mean; impossible ones are refused with a message. */
export function TypedWorksheet() {
  const [typed, setTyped] = useState(NOTHING);
  const { figures, problems } = readTypedCounts(typed);
  return (
    <section className="typed" aria-label={words.heading}>
      <h3>{words.heading}</h3>
      <p className="typed-intro">{words.intro}</p>
      <div className="typed-fields">
        {FIELDS.map((field) => (
          <ProblemField
            key={field}
            label={words.fields[field]}
            inputMode="decimal"
            value={typed[field]}
            problem={problems.find((each) => each.field === field)?.failure}
            onChange={(value) => setTyped({ ...typed, [field]: value })}
          />
        ))}
      </div>
      <output className="typed-result">{figures ? <Result figures={figures} /> : problems.length === 0 ? words.waiting : null}</output>
    </section>
  );
}

function Result({ figures }: { readonly figures: TypedFigures }) {
  const { drafted, accepted, acceptedOverDrafted, acceptanceRate, discarded, speedup } = figures;
  return (
    <>
      <p className="typed-formula">{words.formula(accepted, drafted)}</p>
      {acceptanceRate === null || discarded === null ? null : (
        <p className="typed-formula">{words.alpha(accepted, drafted - accepted - discarded)}</p>
      )}
      {speedup === null ? null : <p className="typed-formula">{words.speedup(speedup)}</p>}
      <p>
        {words.meaning(100 * acceptedOverDrafted)} {experiment.findings.bands[acceptanceBand(acceptanceRate ?? acceptedOverDrafted)]}{' '}
        {discarded ? words.discarded(discarded) : ''} {speedup === null ? words.upToCosts : speedup > 1 ? words.faster : words.slower}
      </p>
    </>
  );
}
