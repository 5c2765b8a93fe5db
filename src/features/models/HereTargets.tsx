import { models as openFile } from '../../actions/models';
import { useCatalogue } from '../../store/engine/catalogue';
import { ActionButton } from '../../ui/ActionButton';
import { hubModels as words } from '../../ui/texts/hubModels';
import { HereTarget } from './HereTarget';

/** Every target that the page has, with what may draft for it. */
export function HereTargets() {
  const targets = useCatalogue((state) => state.catalogue?.targets);
  return (
    <section className="hub-part" aria-labelledby="hub-here">
      <div className="hub-head">
        <h3 id="hub-here">{words.here}</h3>
        <ActionButton action={openFile} look="small" />
      </div>
      {targets ? null : <p>{words.asking}</p>}
      <ul className="hub-targets">
        {targets?.map((target) => (
          <HereTarget key={target.model.id} target={target} />
        ))}
      </ul>
    </section>
  );
}
