import { useId, useState } from 'react';
import { acceptanceBand, readTypedCounts, type TypedCounts, type TypedField, type TypedFigures } from '../../core/acceptance';
import { experiment } from '../../ui/texts/experiment';

const words = experiment.typed;
const FIELDS: readonly TypedField[] = ['drafted', 'accepted', 'rejected', 'plainTime', 'speculativeTime'];
const NOTHING: TypedCounts = { drafted: '', accepted: '', rejected: '', plainTime: '', speculativeTime: '' };

/** The worksheet's formulas on counts that a person types, with what they mean; impossible ones are refused in words. */
export function TypedWorksheet() {
  const [typed, setTyped] = useState(NOTHING);
  const id = useId();
  const { figures, problems } = readTypedCounts(typed);
  return (
    <section className="typed" aria-label={words.heading}>
      <h3>{words.heading}</h3>
      <p className="typed-intro">{words.intro}</p>
      <div className="typed-fields">
        {FIELDS.map((field) => {
          const problem = problems.find((each) => each.field === field)?.failure;
          return (
            <div className="number-field" key={field}>
              <label className="field-label" htmlFor={`${id}-${field}`}>
                {words.fields[field]}
              </label>
              <input
                id={`${id}-${field}`}
                type="text"
                inputMode="decimal"
                autoComplete="off"
                value={typed[field]}
                aria-invalid={problem !== undefined}
                aria-describedby={problem ? `${id}-${field}-error` : undefined}
                onChange={(event) => setTyped({ ...typed, [field]: event.target.value })}
              />
              {problem ? (
                <p className="field-error" id={`${id}-${field}-error`}>
                  {problem.message} {problem.hint}
                </p>
              ) : null}
            </div>
          );
        })}
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
