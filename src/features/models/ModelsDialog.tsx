import { openModel } from '../../actions/models';
import { useCatalogue } from '../../store/engine/catalogue';
import { hideModels, ownModels, useOwnModels } from '../../store/models/ownModels';
import { ActionButton } from '../../ui/ActionButton';
import { FailureNotice } from '../../ui/FailureNotice';
import { Sheet } from '../../ui/Sheet';
import { models as words } from '../../ui/texts/models';
import './models.css';
import { OpeningRow } from './OpeningRow';
import { OwnModel } from './OwnModel';

/** Opens files of a person's own, and lists the models that were made of such files. */
export function ModelsDialog() {
  const { openings, failure } = useOwnModels();
  return (
    <Sheet heading={words.heading} close={words.close} onClose={hideModels}>
      <p>{words.intro}</p>
      <p className="models-open">
        <ActionButton action={openModel} look="primary" />
        <span>{words.families}</span>
      </p>
      {openings.map((opening) => (
        <OpeningRow key={opening.key} opening={opening} />
      ))}
      {failure ? <FailureNotice failure={failure} /> : null}
      <Kept />
    </Sheet>
  );
}

function Kept() {
  const catalogue = useCatalogue((state) => state.catalogue);
  const models = ownModels({ catalogue });
  return (
    <section aria-labelledby="models-kept">
      <h3 id="models-kept">{words.kept}</h3>
      {models.length === 0 ? <p className="models-none">{words.none}</p> : null}
      <ul className="models-kept">
        {models.map((model) => (
          <OwnModel key={model.id} model={model} others={models.filter(({ id }) => id !== model.id)} />
        ))}
      </ul>
    </section>
  );
}
