/** Logits of a model that the page's own loader loads, for bench/families.mjs to compare. */
import { fetchCatalogue } from '../../src/catalog/lists';
import { shareDevice } from '../../src/gpu/device';
import { type LoadedModel, loadModel } from '../../src/model/webllm/loader';
import { BROWSER_CACHE } from '../../src/storage/browserCache';

const never = new AbortController().signal;
const open = shareDevice(navigator.gpu);
let loaded: LoadedModel | null = null;

function pipelineHere() {
  if (!loaded) throw new Error('load a model first');
  return loaded.pipeline;
}

/** The logits of one forward over `ids` behind what is cached: bytes of float32 [rows, vocabulary], as base64. */
async function forward(ids: readonly number[], want: 'last-row' | 'all-rows'): Promise<string> {
  const pipeline = pipelineHere();
  const { device } = pipeline;
  const size = 4 * pipeline.vocabularySize * (want === 'all-rows' ? ids.length : 1);
  const back = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  pipeline.write(ids);
  pipeline.scoped(() => {
    const logits = pipeline.forward(ids.length, want);
    pipeline.encoder.copyBufferToBuffer(logits, 0, back, 0, size);
  });
  pipeline.flush();
  await back.mapAsync(GPUMapMode.READ);
  const bytes = new Uint8Array(back.getMappedRange().slice(0));
  back.destroy();
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

const logits = {
  /** Loads a model of the manifest in place of the one before: the adapter, and milliseconds after its download. */
  async load(id: string): Promise<{ adapter: string; ms: number }> {
    await loaded?.unload();
    loaded = null;
    const { adapter } = await open();
    const { models } = await fetchCatalogue([new URL('/models/manifest.json', location.href).href], BROWSER_CACHE);
    const model = models.find((each) => each.id === id);
    if (!model) throw new Error(`the list has no ${id}`);
    let preparing = 0;
    const hear = ({ phase }: { phase: string }) => {
      if (phase === 'preparing') preparing = performance.now();
    };
    loaded = await loadModel(model, BROWSER_CACHE, hear, never);
    return { adapter, ms: performance.now() - preparing };
  },
  /** Of the last of `ids` alone, from an empty cache. */
  prefill(ids: readonly number[]): Promise<string> {
    pipelineHere().truncate(0);
    return forward(ids, 'last-row');
  },
  append: (ids: readonly number[]) => forward(ids, 'all-rows'),
  truncate: (length: number) => pipelineHere().truncate(length),
  chat: (question: string) => pipelineHere().encodeChat(question),
  text: (ids: readonly number[]) => pipelineHere().decode(ids),
};

declare global {
  interface Window {
    logits: typeof logits;
  }
}
window.logits = logits;
