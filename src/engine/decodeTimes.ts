import * as v from 'valibot';
import type { ModelSpec } from '../catalog/spec';
import { orMemory } from '../storage/memory';
import type { FileStorage } from '../storage/port';
import type { DecodeTimes } from './tasks';

/** The shelf that holds them, a small file for each model and what they were measured on. */
const SHELF = 'foretoken/decode times';

const milliseconds = v.pipe(v.number(), v.minValue(0), v.finite());
const Stored = v.object({ webgpu: milliseconds, cpu: milliseconds, at: milliseconds });
/** After it they are measured again: a browser, its driver or this page may be another, and the machine was perhaps busy. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** What models take for a token on WebGPU and on the CPU, kept between visits; for this one where nothing can be kept. */
export class KeptDecodeTimes {
  readonly #storage: FileStorage;

  constructor(storage: FileStorage) {
    this.#storage = orMemory(storage);
  }

  /** null where they were not measured within a week, or what was kept cannot be read. @param devices both, by name */
  async get(model: ModelSpec, devices: string): Promise<DecodeTimes | null> {
    const text = await (await (await this.#shelf()).get(placeOf(model, devices)))?.text();
    const stored = v.safeParse(v.pipe(v.string(), v.parseJson(), Stored), text);
    if (!stored.success || Date.now() - stored.output.at > KEPT_MS) return null;
    const { webgpu, cpu } = stored.output;
    return { webgpu, cpu };
  }

  /** Where there is no room, they are measured again at the next visit. */
  async keep(model: ModelSpec, devices: string, times: DecodeTimes): Promise<void> {
    const content = new Blob([JSON.stringify({ ...times, at: Date.now() })]);
    const about = { bytes: content.size, type: 'application/json', sha256: null };
    const shelf = await this.#shelf();
    await shelf.put(placeOf(model, devices), content.stream(), about).catch(() => undefined);
  }

  #shelf() {
    return this.#storage.open(SHELF);
  }
}

/** A browser's cache takes such addresses only; nothing is ever fetched from it. */
function placeOf({ id, revision, library }: ModelSpec, devices: string): string {
  return `https://decode-times.invalid/${[devices, id, revision, library.name].map(encodeURIComponent).join('/')}`;
}
