import * as v from 'valibot';
import type { ModelSpec } from '../catalog/spec';
import { orMemory } from '../storage/memory';
import type { FileStorage } from '../storage/port';
import type { DecodeTimes } from './tasks';

/** The shelf that holds them, a small file for each model and adapter. */
const SHELF = 'foretoken/decode times';

const milliseconds = v.pipe(v.number(), v.minValue(0), v.finite());
const Stored = v.object({ webgpu: milliseconds, cpu: milliseconds });

/** What models take for a token on WebGPU and on the CPU, kept between visits; for this one where nothing can be kept. */
export class KeptDecodeTimes {
  readonly #storage: FileStorage;

  constructor(storage: FileStorage) {
    this.#storage = orMemory(storage);
  }

  /** null where they were not measured, or what was kept cannot be read. */
  async get(model: ModelSpec, adapter: string): Promise<DecodeTimes | null> {
    const text = await (await (await this.#shelf()).get(placeOf(model, adapter)))?.text();
    const stored = v.safeParse(v.pipe(v.string(), v.parseJson(), Stored), text);
    return stored.success ? stored.output : null;
  }

  /** Where there is no room, they are measured again at the next visit. */
  async keep(model: ModelSpec, adapter: string, times: DecodeTimes): Promise<void> {
    const content = new Blob([JSON.stringify(times)]);
    const about = { bytes: content.size, type: 'application/json', sha256: null };
    const shelf = await this.#shelf();
    await shelf.put(placeOf(model, adapter), content.stream(), about).catch(() => undefined);
  }

  #shelf() {
    return this.#storage.open(SHELF);
  }
}

/** A browser's cache takes such addresses only; nothing is ever fetched from it. */
function placeOf({ id, revision, library }: ModelSpec, adapter: string): string {
  return `https://decode-times.invalid/${[adapter, id, revision, library.name].map(encodeURIComponent).join('/')}`;
}
