/** Reads the options of an engine: what is wrong, or cannot be honoured, is refused by its name. */
import * as v from 'valibot';
import { named, objectWith, oneOf, onOrOff, someText, text, wordOrNumber, wrongField } from '../api/fields';
import { METHOD_NAMES } from '../api/request';
import { KV_CACHES } from '../catalog/spec';
import { LIMITS } from '../core/declaredSettings';
import { FailureError } from '../core/failure';
import { BACKEND } from '../formats/settings';
import type { ForetokenOptions } from './foretoken';
import type { SpeculativeEngineConfig } from './types';

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT'] as const;

const logLevel = oneOf(LEVELS);

const callback = v.custom<(report: never) => void>((value) => typeof value === 'function', 'a function');
const RECORD = { model: text, model_id: text, model_lib: text };
const records = v.array(v.looseObject(RECORD, objectWith(RECORD, 'a record of a model')), 'a list of models');
const APP_CONFIG = { model_list: records, cacheBackend: v.optional(v.literal('cache', '"cache": files are kept in the Cache API only')) };

const draftLength = v.optional(wordOrNumber('auto', { whole: true, ...LIMITS.gamma }));
const DRAFTING = {
  draftModel: v.optional(someText),
  speculative: v.optional(onOrOff),
  method: v.optional(oneOf(METHOD_NAMES)),
  backend: v.optional(oneOf(BACKEND.values)),
  kvCache: v.optional(oneOf(KV_CACHES)),
  modelLists: v.optional(v.pipe(v.array(someText, 'a list of addresses'), v.minLength(1, 'a list of at least one address'))),
};

const ENGINE = {
  ...{ ...DRAFTING, numSpeculativeTokens: draftLength },
  initProgressCallback: v.optional(callback),
  logLevel: v.optional(logLevel),
  appConfig: v.optional(v.looseObject(APP_CONFIG, objectWith(APP_CONFIG, 'an object with a "model_list"'))),
  logitProcessorRegistry: v.optional(v.never()),
};

/** What only web-llm's own engine has. */
const UNSUPPORTED = 'logitProcessorRegistry';

const worker = v.optional(v.custom<Worker>((value) => typeof value === 'object' && value !== null, 'a Worker'));
const SHORT = { ...DRAFTING, model: v.optional(someText), numDraftTokens: draftLength, onProgress: v.optional(callback), worker };

/** @throws FailureError invalid-setting, naming the option */
export function checkConfig(config: SpeculativeEngineConfig): void {
  check(ENGINE, config);
}

/** Of `Foretoken`. @throws FailureError invalid-setting, naming the option */
export function checkOptions(options: ForetokenOptions): void {
  check(SHORT, options);
}

function check(options: v.ObjectEntries, said: unknown): void {
  const checked = v.safeParse(v.strictObject(options), said);
  if (checked.success) return;
  const known = Object.keys(options).filter((option) => option !== UNSUPPORTED);
  const { path, why, given, allowed } = wrongField(checked.issues[0]);
  if (path === null) throw invalid('The configuration is no object.', 'Give an object of options, or leave it out.');
  if (path === UNSUPPORTED) throw invalid(`The option "${path}" is not supported.`, 'Leave it out.');
  if (why === 'unsupported') throw invalid(`There is no option "${path}".`, `The options are: ${known.join(', ')}.`);
  throw invalid(`The option "${path}" ${given}.`, `Give ${allowed}.`);
}

/** @throws FailureError invalid-setting */
export function checkLogLevel(level: unknown): void {
  if (v.is(logLevel, level)) return;
  throw invalid(`There is no log level "${level}".`, `Give ${named(LEVELS)}.`);
}

function invalid(message: string, hint: string): FailureError {
  return new FailureError('invalid-setting', message, hint);
}

/** Whether requests are drafted for that do not say. */
export function isSpeculative({ speculative, draftModel, numSpeculativeTokens, method }: SpeculativeEngineConfig): boolean {
  return speculative ?? [draftModel, numSpeculativeTokens, method].some((option) => option !== undefined);
}
