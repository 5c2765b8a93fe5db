/** The engine of the page's worker, in Node. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PairEngine } from '../engine/engine';
import { BROWSER_PORTS, type OwnPorts } from '../engine/ownPorts';
import { Pairs } from '../engine/pairs';
import { folderStorage } from '../storage/folder';
import type { FileStorage } from '../storage/port';
import { supplyBrowser } from './environment';
import { alone } from './fileLock';
import { type DeviceChoice, findGpu } from './gpu';
import { inPlaceStorage } from './inPlace';
import { localFiles } from './localFiles';
import { printError } from './output';
import { nodeThreads } from './threads';

export interface NodeEngineSetup {
  readonly device: DeviceChoice;
  /** That compute on the CPU, where a person said how many. */
  readonly threads?: number | undefined;
  /** Where downloads and models made of GGUF files are kept. */
  readonly cacheFolder: string;
  /** The built page, or public/ of a checkout: models and libraries lie in it. */
  readonly pageFolder: string;
}

export interface NodeEngine {
  readonly engine: PairEngine;
  readonly storage: FileStorage;
  /** Whether the CPU takes the place of an adapter made of software where it is faster. */
  readonly prefersCpu: boolean;
  /** Why it does not compute on what would be best; null where it does. */
  readonly note: string | null;
}

/** ~/.cache/foretoken, or the folder that XDG_CACHE_HOME names. */
export function usualCacheFolder(): string {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'foretoken');
}

/** Once in a process. @throws FailureError no-webgpu, no-adapter, storage */
export async function openEngine({ device, threads, cacheFolder, pageFolder }: NodeEngineSetup): Promise<NodeEngine> {
  const found = await findGpu(device);
  const files = localFiles(pageFolder);
  const storage = inPlaceStorage(folderStorage(cacheFolder), files);
  supplyBrowser(found, storage, files);
  const backend = device === 'software' ? 'webgpu' : 'auto';
  const pairs = new Pairs({ gpu: found.gpu, storage, backend, threads: nodeThreads(threads) });
  const engine = new PairEngine(pairs, () => performance.now(), ownPorts(storage, cacheFolder));
  return { engine, storage, prefersCpu: backend === 'auto' && found.isSoftware, note: found.note };
}

function ownPorts(storage: FileStorage, cacheFolder: string): OwnPorts {
  return {
    storage,
    device: BROWSER_PORTS.device,
    memory: os.totalmem,
    async room() {
      const { bavail, bsize } = await fs.promises.statfs(cacheFolder);
      return bavail * bsize;
    },
    async alone(work, signal) {
      await fs.promises.mkdir(cacheFolder, { recursive: true });
      const lock = path.join(cacheFolder, 'own-models.lock');
      return alone(lock, work, signal, () => printError(`Waiting for another foretoken that makes a model. If none runs, delete ${lock}.`));
    },
  };
}
