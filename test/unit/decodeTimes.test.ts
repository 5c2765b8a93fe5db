import { describe, expect, it, vi } from 'vitest';
import { KeptDecodeTimes } from '../../src/engine/decodeTimes';
import { memoryStorage } from '../../src/storage/memory';
import type { FileStorage } from '../../src/storage/port';
import { shippedPair } from '../support/shipped';

const { target } = shippedPair(null);
const TIMES = { webgpu: 5.6, cpu: 0.7 };

const UNREADABLE = ['', 'null', '{"webgpu":5}', '{"webgpu":-1,"cpu":1}', '{"webgpu":"5","cpu":1}', '{'];

describe('what a token takes', () => {
  it('is kept by target and adapter', async () => {
    const storage = memoryStorage();
    await new KeptDecodeTimes(storage).keep(target, 'google swiftshader', TIMES);
    const later = new KeptDecodeTimes(storage);
    expect(await later.get(target, 'google swiftshader')).toEqual(TIMES);
    expect(await later.get(target, 'mesa llvmpipe')).toBeNull();
    expect(await later.get({ ...target, revision: 'another' }, 'google swiftshader')).toBeNull();
  });

  it('is measured again after a week, as everything may have changed', async () => {
    const storage = memoryStorage();
    const times = new KeptDecodeTimes(storage);
    await times.keep(target, 'adapter', TIMES);
    const now = Date.now();
    const clock = vi.spyOn(Date, 'now');
    clock.mockReturnValue(now + 6 * 86_400_000);
    expect(await times.get(target, 'adapter')).toEqual(TIMES);
    clock.mockReturnValue(now + 8 * 86_400_000);
    expect(await times.get(target, 'adapter')).toBeNull();
    clock.mockRestore();
  });

  it.each(UNREADABLE)('is measured again where it cannot be read: %j', async (text) => {
    const storage = memoryStorage();
    const shelf = await storage.open('foretoken/decode times');
    await new KeptDecodeTimes(storage).keep(target, 'adapter', TIMES);
    const [place = ''] = await shelf.list();
    const content = new Blob([text]);
    await shelf.put(place, content.stream(), { bytes: content.size, type: 'application/json', sha256: null });
    expect(await new KeptDecodeTimes(storage).get(target, 'adapter')).toBeNull();
  });

  it('lasts for this visit where nothing can be kept', async () => {
    const nothing: FileStorage = { open: () => Promise.reject(new Error('no storage here')) };
    const times = new KeptDecodeTimes(nothing);
    await times.keep(target, 'adapter', TIMES);
    expect(await times.get(target, 'adapter')).toEqual(TIMES);
    expect(await new KeptDecodeTimes(nothing).get(target, 'adapter')).toBeNull();
  });
});
