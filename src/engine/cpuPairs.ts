import { fetchManifest, type Manifest, type ModelEntry, selectEntries } from '../catalog/manifest';
import { CpuDrafter } from '../model/cpu/drafter';
import { type CpuModelFiles, cpuDownloadBytes, loadCpuModel } from '../model/cpu/loader';
import { CpuTarget } from '../model/cpu/target';
import type { PairLoader, ReadyPair } from './pair';
import type { LoadProgress, PairSelection } from './tasks';

interface Loaded {
  readonly id: string;
  readonly files: CpuModelFiles;
}

/** Runs the embedded pair on the CPU, without WebGPU. */
export class CpuPairs implements PairLoader {
  #modelsUrl = '';
  #target: Loaded | null = null;
  #draft: Loaded | null = null;
  #ready: { readonly draft: string; readonly pair: ReadyPair } | null = null;

  async ready({ modelsUrl, draft }: PairSelection, report: (progress: LoadProgress) => void, signal: AbortSignal): Promise<ReadyPair> {
    if (this.#ready?.draft === draft && this.#modelsUrl === modelsUrl) return this.#ready.pair;
    const manifest: Manifest = await fetchManifest(modelsUrl, signal);
    const entries = selectEntries(manifest, draft);
    if (this.#modelsUrl !== modelsUrl) this.#target = this.#draft = this.#ready = null;
    this.#modelsUrl = modelsUrl;
    const about = (id: string, entry: ModelEntry) =>
      ({ type: 'progress', model: id, name: entry.name, totalBytes: cpuDownloadBytes(entry), backend: 'cpu' }) as const;
    const load = async (id: string, entry: ModelEntry): Promise<Loaded> => {
      return { id, files: await loadCpuModel(entry, modelsUrl, (progress) => report({ ...about(id, entry), ...progress }), signal) };
    };
    this.#target ??= await load(manifest.pair.target, entries.target);
    const { forward, text } = this.#target.files;
    if (draft === manifest.pair.target) {
      // The target's weights, with a cache of its own.
      if (this.#draft?.id !== draft) this.#draft = { id: draft, files: { forward: forward.sibling(), text } };
      report({ ...about(draft, entries.draft), phase: 'ready', loadedBytes: cpuDownloadBytes(entries.draft) });
    } else if (this.#draft?.id !== draft) {
      this.#draft = await load(draft, entries.draft);
    }
    const pair: ReadyPair = {
      adapter: 'CPU, without WebGPU',
      target: { name: entries.target.name, side: new CpuTarget(forward), text },
      draft: { name: entries.draft.name, side: new CpuDrafter(this.#draft.files.forward) },
      memory: () => null,
      measureReadback: async () => 0,
      watch: () => () => undefined,
      firstCause: async (error) => error,
    };
    this.#ready = { draft, pair };
    return pair;
  }
}
