/** The target alone through unmodified web-llm, on a device of its own. */
import { MLCEngine } from '@mlc-ai/web-llm';

export interface StockRequest {
  readonly load?: { readonly modelUrl: string; readonly libraryUrl: string };
  readonly complete?: { readonly prompt: string; readonly maxTokens: number; readonly temperature: number; readonly fixedLength: boolean };
}
export interface StockReply {
  /** Without the stop token, which web-llm does not keep. */
  readonly ids?: readonly number[];
  readonly stopped?: boolean;
  readonly latencyMs?: number;
  readonly timeToFirstTokenMs?: number;
}

const MODEL = 'stock-target';
let engine: MLCEngine | undefined;

export async function answerStock({ load, complete }: StockRequest): Promise<StockReply> {
  if (load) {
    const { modelUrl, libraryUrl } = load;
    engine = new MLCEngine({ appConfig: { model_list: [{ model_id: MODEL, model: modelUrl, model_lib: libraryUrl }] } });
    await engine.reload(MODEL);
  }
  if (!complete || !engine) return {};
  const start = performance.now();
  const { usage, choices } = await engine.chat.completions.create({
    messages: [{ role: 'user', content: complete.prompt }],
    max_tokens: complete.maxTokens,
    temperature: complete.temperature,
    ignore_eos: complete.fixedLength,
  });
  const latencyMs = performance.now() - start;
  const loaded = engine as unknown as { loadedModelIdToPipeline: Map<string, { outputIds: number[] }> };
  const ids = [...(loaded.loadedModelIdToPipeline.get(MODEL)?.outputIds ?? [])];
  await engine.resetChat();
  // As web-llm measures it itself.
  const stopped = choices[0]?.finish_reason === 'stop';
  return { ids, stopped, latencyMs, timeToFirstTokenMs: (usage?.extra.time_to_first_token_s ?? NaN) * 1000 };
}
