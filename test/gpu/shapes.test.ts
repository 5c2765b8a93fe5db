import { beforeAll, describe, expect, it } from 'vitest';
import { fetchShapes, librariesFolder } from '../../src/catalog/shapeLibraries';
import { applyDelta } from '../../src/formats/delta';
import { openDevice, withSubgroups } from './support/device';
import { kernelsOf } from './support/libraryKernels';

const folder = librariesFolder(location.origin);
const shapes = await fetchShapes(folder, new AbortController().signal);

let device: GPUDevice;

beforeAll(async () => {
  device = await openDevice(withSubgroups);
  return () => device.destroy();
});

async function fetched(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch(new URL(name, folder))).arrayBuffer());
}

describe('a library beside the page', () => {
  it.each(shapes.flatMap(({ libraries }) => libraries))('has kernels that this adapter takes: $path', async ({ path, needs, from }) => {
    if (needs.some((need) => !device.features.has(need as GPUFeatureName))) return;
    const library = from ? await applyDelta(await fetched(from.base.path), await fetched(from.delta.path)) : await fetched(path);
    if (!library) throw new Error('it cannot be made');
    const kernels = kernelsOf(library.buffer);
    for (const name of [
      'gather',
      'rotate',
      'attend_rows',
      'normed_row',
      'normed_rows',
      'added_row',
      'added_rows',
      'gate_up_row',
      'gate_up_rows',
      'last_row',
    ]) {
      expect([...kernels.keys()]).toContain(name);
    }
    for (const [name, code] of kernels) {
      const { messages } = await device.createShaderModule({ code }).getCompilationInfo();
      expect({ name, errors: messages.filter(({ type }) => type === 'error').map(({ message }) => message) }).toEqual({ name, errors: [] });
    }
  });
});
