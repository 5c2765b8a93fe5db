/** The target alone through unmodified web-llm, on a device of its own. */
import { MLCEngine } from '@mlc-ai/web-llm';
import { watchReadbacks } from './readbacks';

export interface StockRequest {
  readonly id: number;
  readonly load?: { readonly modelUrl: string; readonly libraryUrl: string };
  readonly complete?: { readonly prompt: string; readonly maxTokens: number; readonly temperature: number; readonly fixedLength: boolean };
}
export interface StockReply {
  readonly id: number;
  readonly error?: string;
  /** Without the stop token, which web-llm does not keep. */
  readonly ids?: readonly number[];
  readonly stopped?: boolean;
  readonly latencyMs?: number;
  readonly timeToFirstTokenMs?: number;
}

const MODEL = 'stock-target';
let engine: MLCEngine | undefined;
watchReadbacks('stock');

self.onmessage = async ({ data }: MessageEvent<StockRequest>) => {
  const reply = (rest: Omit<StockReply, 'id'>) => self.postMessage({ id: data.id, ...rest } satisfies StockReply);
  try {
    if (data.load) {
      const { modelUrl, libraryUrl } = data.load;
      engine = new MLCEngine({ appConfig: { model_list: [{ model_id: MODEL, model: modelUrl, model_lib: libraryUrl }] } });
      await engine.reload(MODEL);
      reply({});
    } else if (data.complete && engine) {
      const start = performance.now();
      const { usage, choices } = await engine.chat.completions.create({
        messages: [{ role: 'user', content: data.complete.prompt }],
        max_tokens: data.complete.maxTokens,
        temperature: data.complete.temperature,
        ignore_eos: data.complete.fixedLength,
      });
      const latencyMs = performance.now() - start;
      const loaded = engine as unknown as { loadedModelIdToPipeline: Map<string, { outputIds: number[] }> };
      const ids = [...(loaded.loadedModelIdToPipeline.get(MODEL)?.outputIds ?? [])];
      await engine.resetChat();
      // As web-llm measures it itself.
      const stopped = choices[0]?.finish_reason === 'stop';
      reply({ ids, stopped, latencyMs, timeToFirstTokenMs: (usage?.extra.time_to_first_token_s ?? NaN) * 1000 });
    }
  } catch (error) {
    reply({ error: String(error) });
  }
};
