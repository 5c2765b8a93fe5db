import { bytesOf, filesOf, type ModelSpec } from '../../catalog/spec';
import { memoryOf, useFacts } from '../../store/models/facts';
import { useOffline } from '../../store/offline/offline';
import { hubModels as words } from '../../ui/texts/hubModels';

/**
 * A model of the page in one sentence of figures: before its files are stored those of its list, then what the files say too.
 *
 * @param states whether it keeps hidden states, for a head or as one
 */
export function ModelLine({ label, model, states }: { readonly label: string; readonly model: ModelSpec; readonly states: boolean }) {
  const stored = useOffline(({ models }) => models[model.id]);
  const architecture = useFacts(({ architectures }) => architectures[model.id]);
  const total = bytesOf(filesOf(model));
  const memory = memoryOf(model, architecture, states);
  const bytes = stored?.bytes ?? 0;
  const parts = [
    words.parameters(model.parameters),
    stored?.whole ? words.storedAll(bytes) : bytes > 0 ? words.storedPart(bytes, total) : words.storedNot(total),
    memory === null ? words.contextOf(model.context) : words.takes(memory, model.context, model.halfCache === true),
    ...(architecture ? [words.architecture(architecture)] : []),
    ...(architecture && !architecture.half && !architecture.halvesCache ? [words.fullCacheOnly] : []),
    words.needs(model.library.needs, model.missing),
    ...(model.tokenizer === null ? [] : [words.tokenizer(model.tokenizer)]),
  ];
  return (
    <div>
      <dt>{label}</dt>
      <dd>{parts.join(words.between)}</dd>
    </div>
  );
}
