import { useId, useState } from 'react';
import { fitOf, type KnownTokenizers } from '../../catalog/fitting';
import type { Prebuilt, PrebuiltModel } from '../../catalog/prebuilt';
import { lookAt } from '../../store/models/downloads';
import { offeredVersion, usePublished } from '../../store/models/published';
import { Button } from '../../ui/Button';
import { hubModels as words } from '../../ui/texts/hubModels';
import { wantedOf } from './wantedOf';

interface WhyNotProps {
  readonly target: PrebuiltModel;
  readonly list: Prebuilt;
  readonly known: KnownTokenizers;
}

/** Why a model is not among the drafts of `target`, on asking. */
export function WhyNot(props: WhyNotProps) {
  const [open, setOpen] = useState(false);
  return (
    <details className="fold hub-why" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{words.whyNot}</summary>
      {open ? <Question {...props} /> : null}
    </details>
  );
}

function Question({ target, list, known }: WhyNotProps) {
  const id = useId();
  const device = usePublished((state) => state.device);
  const [asked, setAsked] = useState('');
  const others = list.models.filter((model) => model.name !== target.name && !fitOf(target, model, known).fits);
  const draft = others.find(({ name }) => name === asked);
  const fit = draft ? fitOf(target, draft, known) : null;
  return (
    <>
      <p className="hub-field">
        <label htmlFor={id}>{words.ask(target.name)}</label>
        <select id={id} value={asked} onChange={(event) => setAsked(event.target.value)}>
          <option value="">{words.askFirst}</option>
          {others.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </p>
      <div role="status">{draft && fit && !fit.fits ? <p>{words.misfit(fit, target.name, draft.name)}</p> : null}</div>
      {draft && fit && !fit.fits && fit.why === 'family' ? (
        <Button
          look="small"
          name={words.compareOf(target.name, draft.name)}
          onPress={() => void lookAt(wantedOf(offeredVersion(target, device)), wantedOf(offeredVersion(draft, device)))}
        >
          {words.compare}
        </Button>
      ) : null}
    </>
  );
}
