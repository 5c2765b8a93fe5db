import { useId, useState } from 'react';
import { draftsFor, fitOf } from '../../catalog/fitting';
import type { Prebuilt, PrebuiltModel } from '../../catalog/prebuilt';
import { useCatalogue } from '../../store/engine/catalogue';
import { isHere, lookAt } from '../../store/models/downloads';
import { knownTokenizers, offeredVersion, usePublished } from '../../store/models/published';
import { Button } from '../../ui/Button';
import { hubModels as words } from '../../ui/texts/hubModels';
import { WhyNot } from './WhyNot';
import { wantedOf } from './wantedOf';

interface PublishedModelProps {
  readonly model: PrebuiltModel;
  readonly list: Prebuilt;
  /** The name of the draft that is worth trying first; null: the smallest. */
  readonly first: string | null;
}

/** A published model as a target, with a choice of drafts that fit. */
export function PublishedModel({ model, list, first }: PublishedModelProps) {
  const id = useId();
  const device = usePublished((state) => state.device);
  const catalogue = useCatalogue((state) => state.catalogue);
  const known = knownTokenizers(catalogue?.models ?? [], list);
  const drafts = draftsFor(model, list.models, known);
  const [chosen, setChosen] = useState<string | null>(null);
  const draft = drafts.find(({ name }) => name === (chosen ?? first ?? drafts[0]?.name)) ?? null;
  const { version, missing } = offeredVersion(model, device);
  const facts = [
    words.version(version.quantisation),
    words.measuredMemory(version.memoryBytes),
    words.needs(version.needs, missing),
    ...(isHere(version.record) ? [words.stored] : []),
  ];
  const labelOf = (each: PrebuiltModel) => {
    const fit = fitOf(model, each, known);
    return fit.fits && fit.checked ? words.checked(each.name) : words.byFamily(each.name);
  };
  return (
    <li className="hub-model">
      <div>
        <h5>{model.name}</h5>
        <p className="hub-soft">{facts.join(words.between)}</p>
        {model.memory === 'attention' ? null : <p className="hub-soft">{words.cannotDraft(model.memory)}</p>}
        {model.memory === 'attention' && drafts.length === 0 ? <p className="hub-soft">{words.noneFits}</p> : null}
      </div>
      {drafts.length > 0 ? (
        <p className="hub-field">
          <label htmlFor={id}>
            {words.draft}
            <span className="visually-hidden"> {words.draftOf(model.name)}</span>
          </label>
          <select id={id} value={draft?.name ?? ''} onChange={({ target }) => setChosen(target.value)}>
            {drafts.map((each) => (
              <option key={each.name} value={each.name}>
                {labelOf(each)}
              </option>
            ))}
            <option value="">{words.noDraft}</option>
          </select>
        </p>
      ) : null}
      <Button
        look="small"
        name={words.lookOf(model.name)}
        onPress={() => void lookAt(wantedOf(offeredVersion(model, device)), draft && wantedOf(offeredVersion(draft, device)))}
      >
        {words.look}
      </Button>
      <WhyNot target={model} list={list} known={known} />
    </li>
  );
}
