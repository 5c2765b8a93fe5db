/** web-llm's own engine and ours in one page, on the embedded target, each called by the one interface. */
import * as webllm from '@mlc-ai/web-llm';
import type { RunUpdate } from '../../src/engine/updates';
import { SpeculativeEngine, type SpeculativeEngineConfig } from '../../src/package';
import { pageTasks } from '../../src/package/tasks';

/** What the engine told of the latest run. */
let told: RunUpdate[] = [];
let reported: number[] = [];
/** Whether runs are told again from `told`, each update in a task of its own and nothing computed between. */
let replaying = false;

function notingTasks(): ReturnType<typeof pageTasks> {
  const tasks = pageTasks();
  return {
    ...tasks,
    async run(task, report, ...rest) {
      if (!replaying) {
        told = [];
        const note: typeof report = (update) => {
          told.push(update);
          report(update);
        };
        return tasks.run(task, note, ...rest);
      }
      for (const update of told) {
        await new Promise((resolve) => setTimeout(resolve));
        if (update.type === 'round') reported.push(performance.now());
        report(update);
      }
    },
  };
}

const record = () => ({
  model_id: 'target-record',
  model: new URL('/models/target', location.href).href,
  model_lib: new URL('/models/libraries/target.wasm', location.href).href,
});

const OURS: Readonly<Record<string, SpeculativeEngineConfig>> = {
  plain: { backend: 'webgpu' },
  speculative: { backend: 'webgpu', draftModel: '/models/manifest.json#draft' },
};
const engines = new Map<string, webllm.MLCEngineInterface>();

const library = {
  /** @param name web-llm, plain or speculative @returns milliseconds until it is ready */
  async load(name: string): Promise<number> {
    const began = performance.now();
    const appConfig = { model_list: [record()] };
    const ours = OURS[name];
    const engine = ours ? new SpeculativeEngine({ appConfig, ...ours }, notingTasks()) : new webllm.MLCEngine({ appConfig });
    await engine.reload(record().model_id);
    engines.set(name, engine);
    return performance.now() - began;
  },

  /** One streamed answer at temperature 0. Times are milliseconds. */
  async ask(name: string, prompt: string, maxTokens: number) {
    const engine = engines.get(name);
    if (!engine) throw new Error(`${name} is not loaded`);
    const began = performance.now();
    let text = '';
    const arrived: number[] = [];
    const request = {
      messages: [{ role: 'user' as const, content: prompt }],
      temperature: 0,
      max_tokens: maxTokens,
      stream: true as const,
    };
    for await (const { choices } of await engine.chat.completions.create(request)) {
      const content = choices[0]?.delta.content ?? '';
      if (content === '') continue;
      arrived.push(performance.now());
      text += content;
    }
    return { text, firstMs: (arrived[0] ?? began) - began, totalMs: performance.now() - began, arrived };
  },

  /** What the API takes from a round to its chunk: the latest run of `name` once more, without the engine. @returns milliseconds of each chunk */
  async overhead(name: string, prompt: string, maxTokens: number): Promise<number[]> {
    await library.ask(name, prompt, maxTokens);
    replaying = true;
    reported = [];
    const { arrived } = await library.ask(name, prompt, maxTokens).finally(() => {
      replaying = false;
    });
    // A round without text has no chunk of its own.
    return reported.length === arrived.length ? arrived.map((at, index) => at - (reported[index] ?? at)) : [];
  },
};

declare global {
  interface Window {
    library: typeof library;
  }
}
window.library = library;
