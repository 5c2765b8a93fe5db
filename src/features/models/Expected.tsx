import { SMALLEST } from '../../catalog/families';
import { isOwn, type ModelSpec } from '../../catalog/spec';
import { expectationOf, TIMED_ELSEWHERE, type Timed } from '../../core/cost/expectation';
import { isEmbedded, useCatalogue } from '../../store/engine/catalogue';
import { chooseTarget } from '../../store/engine/loading';
import { useWork } from '../../store/engine/work';
import { lookAt } from '../../store/models/downloads';
import { useExpectation } from '../../store/models/expected';
import { offeredVersion, usePublished } from '../../store/models/published';
import { Button } from '../../ui/Button';
import { FailureNotice } from '../../ui/FailureNotice';
import { hubModels as words } from '../../ui/texts/hubModels';
import { wantedOf } from './wantedOf';

interface ExpectedProps {
  /** The target of what would be downloaded. */
  readonly model: ModelSpec;
  readonly weightBytes: number | null;
}

/** How long a token would take where no graphics card computes; where that is hopeless, with a smaller model to choose. */
export function Expected({ model, weightBytes }: ExpectedProps) {
  const { name, parameters } = model;
  const expected = useExpectation({ parameters, weightBytes });
  if (!expected) return null;
  const { tokenMs, from, isHopeless } = expected;
  const timed = from === TIMED_ELSEWHERE ? words.timedElsewhere(from) : words.timedHere(from);
  if (!isHopeless) return <p className="hub-soft">{words.expected(tokenMs, timed)}</p>;
  return (
    <FailureNotice failure={{ code: 'model-too-large', message: words.hopeless(name, tokenMs, timed), hint: words.hopelessHint }}>
      <Smaller from={from} />
    </FailureNotice>
  );
}

/** A model that answers any prompt and is quick enough: one beside the page, or the smallest that is published. */
function Smaller({ from }: { readonly from: Timed }) {
  const list = usePublished((state) => state.list);
  const device = usePublished((state) => state.device);
  const busy = useWork(({ current }) => current !== null);
  const targets = useCatalogue(({ catalogue }) => catalogue?.targets) ?? [];
  const here = targets.find(
    (target) => !isEmbedded(target) && !isOwn(target.model.id) && !expectationOf(target.model.parameters, from).isHopeless,
  );
  if (here) {
    const { id, name } = here.model;
    return (
      <Button look="small" disabled={busy} onPress={() => void chooseTarget(id)}>
        {words.chooseOf(name)}
      </Button>
    );
  }
  const smallest = list?.models.find(({ name }) => name === SMALLEST);
  if (!smallest) return null;
  return (
    <Button look="small" onPress={() => void lookAt(wantedOf(offeredVersion(smallest, device)), null)}>
      {words.lookAt(smallest.name)}
    </Button>
  );
}
