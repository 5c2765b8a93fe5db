import { useRef } from 'react';
import { models as openFile } from '../../actions/models';
import { useCatalogue } from '../../store/engine/catalogue';
import { useSettings } from '../../store/run/settings';
import { ActionButton } from '../../ui/ActionButton';
import { hubModels as words } from '../../ui/texts/hubModels';
import { HereTarget } from './HereTarget';
import { useFound } from './useFound';

/** Every target that the page has, with what may draft for it. */
export function HereTargets() {
  const targets = useCatalogue((state) => state.catalogue?.targets);
  const isChosenHere = useSettings(({ target }) => targets?.some(({ model }) => model.id === target) ?? false);
  const heading = useRef<HTMLHeadingElement>(null);
  // A card that is not here cannot be found.
  useFound(isChosenHere ? null : 'caches', heading);
  return (
    <section className="hub-part" aria-labelledby="hub-here">
      <div className="hub-head">
        <h3 id="hub-here" ref={heading} tabIndex={-1}>
          {words.here}
        </h3>
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
