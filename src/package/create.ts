import type * as webllm from '@mlc-ai/web-llm';
import { SpeculativeEngine } from './engine';
import { serviceWorkerTasks } from './serviceWorkerTasks';
import { workerTasks } from './tasks';
import type { SpeculativeEngineConfig } from './types';

/**
 * An engine in this thread with `model` loaded, as web-llm's `CreateMLCEngine`. Without options of speculation it decodes plainly.
 *
 * @param model `embedded`, an id of a list or of `config.appConfig.model_list`, or the URL of a list with `#id`
 * @param chatOpts override the model's mlc-chat-config.json
 * @throws FailureError what kept it from loading
 */
export function CreateSpeculativeEngine(
  model: string | string[],
  config?: SpeculativeEngineConfig,
  chatOpts?: webllm.ChatOptions | webllm.ChatOptions[],
): Promise<SpeculativeEngine> {
  return loaded(new SpeculativeEngine(config), model, chatOpts);
}

/**
 * The same in a dedicated worker, whose script is `new SpeculativeWorkerHandler()` (foretoken/worker).
 *
 * @throws as `CreateSpeculativeEngine`
 */
export function CreateWebWorkerSpeculativeEngine(
  worker: Worker,
  model: string | string[],
  config?: SpeculativeEngineConfig,
  chatOpts?: webllm.ChatOptions | webllm.ChatOptions[],
): Promise<SpeculativeEngine> {
  return loaded(new SpeculativeEngine(config, workerTasks(worker)), model, chatOpts);
}

/**
 * The same in the page's service worker, whose script calls `new SpeculativeServiceWorkerHandler()` (foretoken/service-worker) at its start. All pages
 * of the site have one engine there. If the browser ends the service worker, the next request starts it again and loads the models.
 *
 * @param keepAliveMs how often the service worker is told that it is still needed
 * @throws FailureError engine-lost where the page has no service worker; or as `CreateSpeculativeEngine`
 */
export async function CreateServiceWorkerSpeculativeEngine(
  model: string | string[],
  config?: SpeculativeEngineConfig,
  chatOpts?: webllm.ChatOptions | webllm.ChatOptions[],
  keepAliveMs = 10_000,
): Promise<SpeculativeEngine> {
  return loaded(new SpeculativeEngine(config, await serviceWorkerTasks(keepAliveMs)), model, chatOpts);
}

async function loaded(
  engine: SpeculativeEngine,
  model: string | string[],
  chatOpts?: webllm.ChatOptions | webllm.ChatOptions[],
): Promise<SpeculativeEngine> {
  await engine.reload(model, chatOpts);
  return engine;
}
