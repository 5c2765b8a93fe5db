import type { Wanted } from '../../store/models/downloads';
import type { Offered } from '../../store/models/published';

/** A published model as something to fetch: its name has its quantisation with it, by which versions differ. */
export function wantedOf({ model, version }: Offered): Wanted {
  return { record: version.record, name: version.quantisation === '' ? model.name : `${model.name} ${version.quantisation}` };
}
