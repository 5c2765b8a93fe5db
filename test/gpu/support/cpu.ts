import type { Manifest } from '../../../src/catalog/manifest';
import { type CpuModelFiles, loadCpuModel } from '../../../src/model/cpu/loader';
import { modelsUrl } from './runs';

/** A model of the manifest in plain TypeScript, in double precision: the independent reference. */
export async function loadOnCpu(manifest: Manifest, id: string): Promise<CpuModelFiles> {
  const entry = manifest.models[id];
  if (!entry) throw new Error(`the manifest lists no ${id}`);
  return loadCpuModel(entry, modelsUrl, () => undefined, new AbortController().signal);
}
