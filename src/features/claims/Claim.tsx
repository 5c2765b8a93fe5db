import { useId, useMemo } from 'react';
import { startOf } from '../../core/run/tally';
import { type ClaimFigures, type ClaimId, EVIDENCE, judgeClaim } from '../../core/study/claims';
import { useTarget } from '../../store/engine/catalogue';
import { useWork } from '../../store/engine/work';
import { claimModels, measureEvidence, useClaims } from '../../store/modes/claims';
import { Button } from '../../ui/Button';
import { Progress } from '../../ui/Progress';
import { claimWords as words } from '../../ui/texts/claims';
import { Evidence } from './Evidence';
import { useModelName } from './modelName';

/** A claim as it is said, what would count as holding, the verdict, its figures, and the runs that they come from. */
export function Claim({ id }: { readonly id: ClaimId }) {
  const heading = useId();
  const name = EVIDENCE[id];
  const measured = useClaims(({ evidence }) => evidence[name]);
  const measuring = useClaims((state) => (state.measuring?.name === name ? state.measuring : null));
  const target = useTarget();
  const busy = useWork(({ current }) => current !== null);
  const nameOf = useModelName();
  const models = useMemo(() => claimModels(target), [target]);
  // What another target has measured says nothing of this one.
  const runs = useMemo(
    () => measured?.filter(({ events }) => startOf(events)?.models?.target.id === models?.target.id),
    [measured, models],
  );
  const judged = useMemo(() => (models ? judgeClaim(id, runs ?? [], models) : null), [id, runs, models]);
  const said = words.claims[id];
  const label = runs?.length ? words.again : words.measure;
  const verdict = judged?.verdict ?? 'unmeasured';
  const near = judged !== null && judged.verdict !== 'unmeasured' && judged.near;
  return (
    <article className="claim" aria-labelledby={heading} data-verdict={verdict}>
      <h3 id={heading}>{said.claim}</h3>
      <p className="claim-verdict" role="status">
        {measuring ? '' : near ? words.seeming(words.verdicts[verdict]) : words.verdicts[verdict]}
      </p>
      <div className="claim-body">
        <p className="claim-bound">{said.bound}</p>
        {measuring ? (
          <Progress
            label={words.progressOf(said.claim)}
            done={measuring.done}
            total={measuring.total}
            text={words.measuring(measuring.done, measuring.total)}
          />
        ) : judged === null || judged.verdict === 'unmeasured' ? (
          <p>{words.reasons[judged?.reason ?? 'no-runs']}</p>
        ) : (
          <>
            <p className="claim-figures">{(said.figures as FiguresOf)(judged.figures, nameOf)}</p>
            {near ? <p>{words.near}</p> : null}
            <p className="claim-lesson">{said.lesson[judged.verdict]}</p>
          </>
        )}
        {judged && judged.runs.length > 0 && !measuring ? <Evidence runs={judged.runs} /> : null}
      </div>
      <Button look="small" disabled={busy} name={`${label}: ${said.claim}`} onPress={() => void measureEvidence([name])}>
        {label}
      </Button>
    </article>
  );
}

/** The words and the verdict of one id belong together, which the compiler cannot follow through an index. */
type FiguresOf = (figures: ClaimFigures[ClaimId], nameOf: (draft: string) => string) => string;
