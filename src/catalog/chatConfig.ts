/** mlc-chat-config.json: what a model says of its context, its conversations and how it is sampled, and what a caller says instead. */
import * as v from 'valibot';
import { FailureError } from '../core/failure';
import { versionOfFiles } from '../core/run/exports';
import { misfitOf } from '../formats/misfit';
import type { FileStorage } from '../storage/port';
import { json } from './json';
import { type ChatTemplate, fileOf, type ModelSpec } from './spec';
import { openStored, storeModel } from './storedModels';

/** What a caller overrides, under the names of mlc-chat-config.json; web-llm's `ChatOptions`. */
export type ChatOptions = Readonly<Record<string, unknown>>;

/** What of sampling a request has that does not say, by the model's own word; 0 to 2, as a request's. */
export interface SamplingDefaults {
  readonly temperature?: number;
  readonly topP?: number;
  readonly repetitionPenalty?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const template = v.looseObject({ roles: v.record(v.string(), v.string()), seps: v.array(v.string()) });

const ChatConfig = v.looseObject({
  model_type: v.optional(v.string(), ''),
  /** As `q4f16_1`; '' where it does not say. */
  quantization: v.optional(v.string(), ''),
  vocab_size: count,
  context_window_size: v.pipe(v.number(), v.integer()),
  sliding_window_size: v.optional(v.number(), -1),
  /** States that a recurrent model keeps; models without such do not have it. */
  max_history_size: v.optional(v.nullable(v.number())),
  tokenizer_files: v.array(v.string()),
  conv_template: template,
  conv_config: v.optional(v.looseObject({})),
  temperature: v.optional(v.number()),
  top_p: v.optional(v.number()),
  repetition_penalty: v.optional(v.number()),
  frequency_penalty: v.optional(v.number()),
  presence_penalty: v.optional(v.number()),
});

/** A model's own config, and its caller's words over it. */
export type ChatConfig = v.InferOutput<typeof ChatConfig>;

/** What a caller may say otherwise; of anything else only what the config says itself. */
const OVERRIDABLE: ReadonlySet<string> = new Set([
  ...['context_window_size', 'sliding_window_size', 'max_history_size', 'conv_template', 'conv_config'],
  ...['temperature', 'top_p', 'repetition_penalty', 'frequency_penalty', 'presence_penalty'],
]);

/**
 * `own`, the content of a mlc-chat-config.json, with each of `said` over those before it.
 *
 * @param name of the model, for messages
 * @throws FailureError manifest-invalid, naming the field; invalid-setting for an option that cannot be overridden here
 */
export function readChatConfig(name: string, own: unknown, ...said: readonly ChatOptions[]): ChatConfig {
  const options: ChatOptions = Object.assign({}, ...said);
  const config = v.safeParse(ChatConfig, { ...(own as object | null), ...options });
  if (!config.success) {
    throw unusable(name, `mlc-chat-config.json: ${misfitOf(config.issues[0])}`);
  }
  const isOwn = (key: string) => JSON.stringify((own as Record<string, unknown>)[key]) === JSON.stringify(options[key]);
  const refused = Object.keys(options).find((key) => !OVERRIDABLE.has(key) && !isOwn(key));
  if (refused) {
    const hint = `Leave it out, or override one of: ${[...OVERRIDABLE].join(', ')}.`;
    throw new FailureError('invalid-setting', `"${refused}" of ${name} cannot be overridden here.`, hint);
  }
  cacheOf(name, config.output);
  return config.output;
}

/** Model types of MLC whose state is recurrent, all of it or in some layers. */
const RECURRENT = /rwkv|mamba|qwen3_?5|qwen3_next/;

/**
 * How many tokens a model's cache holds, and whether they can be taken out of it again: not out of a recurrent state, nor of a sliding window. What has
 * such a window is run up to its length, where it sees all that it would see.
 *
 * @throws FailureError manifest-invalid where it says neither
 */
export function cacheOf(name: string, config: ChatConfig): Pick<ModelSpec, 'context' | 'rollsBack'> {
  const { context_window_size: whole, sliding_window_size: window, max_history_size: states, model_type: type } = config;
  const context = Math.min(...[whole, window].filter((length) => length > 0));
  if (!Number.isFinite(context)) throw unusable(name, 'it says no length of its context ("context_window_size")');
  return { context, rollsBack: window < 1 && (states ?? null) === null && !RECURRENT.test(type) };
}

/** The conversation's template, where its fields were changed one by one too. */
export function templateOf({ conv_template: whole, conv_config: some }: ChatConfig): ChatTemplate {
  return { ...whole, ...some };
}

/** Undefined ones are left out. */
export function samplingOf(config: ChatConfig): SamplingDefaults {
  const named = {
    temperature: config.temperature,
    topP: config.top_p,
    repetitionPenalty: config.repetition_penalty,
    frequencyPenalty: config.frequency_penalty,
    presencePenalty: config.presence_penalty,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

/** The config of `model`, fetched where it is not stored, with each of `said` over those before it. @throws as `readChatConfig`, or of the download; or the signal's reason */
export async function chatConfigOf(
  model: ModelSpec,
  storage: FileStorage,
  said: readonly ChatOptions[],
  signal: AbortSignal,
): Promise<ChatConfig> {
  const file = fileOf(model, 'mlc-chat-config.json');
  if (!file) throw unusable(model.name, 'it lists no mlc-chat-config.json');
  await storeModel(model, storage, () => undefined, signal, [file]);
  return readChatConfig(model.name, await json(await openStored(model, storage, file)), ...said);
}

/** `model` as `config` and `options`, which are part of it, say; another model for the engine where they change it. */
export function withOptions(model: ModelSpec, config: ChatConfig, options: ChatOptions): ModelSpec {
  const isCache = ['context_window_size', 'sliding_window_size', 'max_history_size'].some((option) => option in options);
  const { context, rollsBack } = isCache ? cacheOf(model.name, config) : model;
  const template = 'conv_template' in options || 'conv_config' in options ? templateOf(config) : model.template;
  if (context === model.context && rollsBack === model.rollsBack && template === model.template) return model;
  return { ...model, context, rollsBack, template, revision: versionOfFiles([model.revision, JSON.stringify({ context, template })]) };
}

export function unusable(name: string, what: string): FailureError {
  return new FailureError(
    'manifest-invalid',
    `The model ${name} cannot be used: ${what}.`,
    'Choose a model in MLC’s format, or mend its files.',
  );
}
