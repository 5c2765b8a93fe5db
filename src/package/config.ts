/** Reads the options of an engine: what is wrong, or cannot be honoured, is refused by its name. */
import * as v from 'valibot';
import { METHOD_NAMES } from '../api/request';
import { LIMITS } from '../core/declaredSettings';
import { FailureError } from '../core/failure';
import type { SpeculativeEngineConfig } from './types';

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT'] as const;

const logLevel = v.picklist(LEVELS);

const callback = v.custom<(report: never) => void>((value) => typeof value === 'function', 'it is no function');
const name = v.pipe(v.string(), v.minLength(1));
const url = v.pipe(v.string(), v.minLength(1));
const record = v.looseObject({ model: v.string(), model_id: v.string(), model_lib: v.string() });
const { min, max } = LIMITS.gamma;

const Config = v.strictObject({
  draftModel: v.optional(name),
  speculative: v.optional(v.boolean()),
  numSpeculativeTokens: v.optional(
    v.union(
      [v.literal('auto'), v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))],
      `it is neither "auto" nor ${min} to ${max}`,
    ),
  ),
  method: v.optional(v.picklist(METHOD_NAMES)),
  modelLists: v.optional(v.pipe(v.array(url), v.minLength(1))),
  initProgressCallback: v.optional(callback),
  logLevel: v.optional(logLevel),
  appConfig: v.optional(
    v.looseObject({
      model_list: v.array(record),
      cacheBackend: v.optional(v.literal('cache', 'files are kept in the Cache API only ("cache")')),
    }),
  ),
  logitProcessorRegistry: v.optional(v.never('it is not supported')),
});

/** @throws FailureError invalid-setting, naming the option */
export function checkConfig(config: SpeculativeEngineConfig): void {
  const checked = v.safeParse(Config, config);
  if (checked.success) return;
  const [issue] = checked.issues;
  const path = v.getDotPath(issue) ?? 'the configuration';
  const unknown = issue.type === 'strict_object' && issue.expected === 'never';
  const known = Object.keys(Config.entries).join(', ');
  throw new FailureError(
    'invalid-setting',
    unknown ? `There is no option "${path}".` : `The option "${path}" cannot be used: ${issue.message}.`,
    unknown ? `The options are: ${known}.` : 'Correct it or leave it out.',
  );
}

/** @throws FailureError invalid-setting */
export function checkLogLevel(level: unknown): void {
  if (v.is(logLevel, level)) return;
  throw new FailureError('invalid-setting', `There is no log level "${level}".`, `The levels are: ${LEVELS.join(', ')}.`);
}

/** Whether requests are drafted for that do not say. */
export function isSpeculative({ speculative, draftModel, numSpeculativeTokens, method }: SpeculativeEngineConfig): boolean {
  return speculative ?? [draftModel, numSpeculativeTokens, method].some((option) => option !== undefined);
}
