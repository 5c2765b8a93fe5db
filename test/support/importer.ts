import { afterEach, beforeEach, vi } from 'vitest';
import { ownFolder, readOwnLists } from '../../src/catalog/own';
import type { ModelSpec } from '../../src/catalog/spec';
import { SHELVES } from '../../src/catalog/storedModels';
import { PairEngine } from '../../src/engine/engine';
import type { DeviceLimits, OwnPorts } from '../../src/engine/ownPorts';
import type { Update } from '../../src/engine/tasks';
import { Turns } from '../../src/engine/turns';
import { memoryStorage } from '../../src/storage/memory';
import type { FileStorage } from '../../src/storage/port';
import { fakePairs } from '../app/support/fakeEngine';
import { ownLibraries } from './ownModels';

export const BASE = 'https://page.test/lecture/';
export const FOLDER = ownFolder(BASE);
export const GENEROUS: DeviceLimits = { features: new Set(), bindingBytes: 2 ** 30, memoryBytes: null, software: false };

/** Before each test, a server with libraries for small models. @returns every address that is asked for in the test */
export function serveLibraries(): { readonly asked: string[] } {
  const served = { asked: [] as string[] };
  beforeEach(() => {
    const { asked, answer } = ownLibraries(BASE);
    served.asked = asked;
    vi.stubGlobal('fetch', answer);
  });
  afterEach(() => vi.unstubAllGlobals());
  return served;
}

/** The engine over made-up pairs, and `open`, which opens files with it. */
export function importer({
  storage = memoryStorage(),
  room = null as number | null,
  memory = null as number | null,
  device = GENEROUS as DeviceLimits | null,
} = {}) {
  const { pairs, clock } = fakePairs();
  const lock = new Turns();
  // As the browser's locks: an abort ends the waiting, not the work.
  const alone: OwnPorts['alone'] = (work, signal) =>
    lock.take(signal, (begin) => {
      begin();
      return work();
    });
  const ports: OwnPorts = { storage, device: async () => device, memory: () => memory, room: async () => room, alone };
  const engine = new PairEngine(pairs, clock, ports);
  const updates: Update[] = [];
  const note = (update: Update): void => void updates.push(update);
  const open = (files: readonly File[], signal = new AbortController().signal, report = note) =>
    engine.import({ type: 'import', files, base: BASE }, report, signal);
  return { engine, pairs, storage, updates, open };
}

/** All that is stored below the folder of own models, and the lists. */
export async function stored(storage: FileStorage): Promise<string[]> {
  const shelves = [...Object.values(SHELVES), 'foretoken/lists'];
  return (await Promise.all(shelves.map(async (name) => (await storage.open(name)).list()))).flat().sort();
}

export async function modelsIn(storage: FileStorage): Promise<ModelSpec[]> {
  return (await readOwnLists(storage, FOLDER)).flatMap(({ models }) => Object.values(models));
}
