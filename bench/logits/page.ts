/** Logits of a model that the page's own loader loads, for bench/families.mjs, reference.mjs and gguf.mjs to compare. */
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

type Rows = 'last-row' | 'all-rows';

/** The logits of one forward over `ids` behind what is cached, [rows, vocabulary]. */
async function forward(ids: readonly number[], want: Rows): Promise<Float32Array<ArrayBuffer>> {
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
  const values = new Float32Array(back.getMappedRange().slice(0));
  back.destroy();
  return values;
}

function base64({ buffer }: Float32Array<ArrayBuffer>): string {
  const bytes = new Uint8Array(buffer);
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
  /** From an empty cache; as base64 of float32, like all logits here. */
  async prefill(ids: readonly number[], want: Rows = 'last-row'): Promise<string> {
    pipelineHere().truncate(0);
    return base64(await forward(ids, want));
  },
  append: async (ids: readonly number[]) => base64(await forward(ids, 'all-rows')),
  /** The greedy text behind `ids`, of at most so many tokens, up to one of `stops`, which is its last. */
  async greedy(ids: readonly number[], tokens: number, stops: readonly number[]): Promise<number[]> {
    pipelineHere().truncate(0);
    const text: number[] = [];
    let next = ids;
    while (text.length < tokens && !stops.includes(text.at(-1) ?? -1)) {
      const row = await forward(next, 'last-row');
      next = [row.indexOf(row.reduce((most, value) => Math.max(most, value)))];
      text.push(...next);
    }
    return text;
  },
  truncate: (length: number) => pipelineHere().truncate(length),
  chat: (question: string) => pipelineHere().encodeChat(question),
  stops: () => [...pipelineHere().stopTokens],
  text: (ids: readonly number[]) => pipelineHere().decode(ids),
};

declare global {
  interface Window {
    logits: typeof logits;
  }
}
window.logits = logits;
