import { type ChatOptions, chatConfigOf, type SamplingDefaults, samplingOf, withOptions } from '../catalog/chatConfig';
import type { ModelRecord } from '../catalog/records';
import { type PairSpec, withHalfCaches } from '../catalog/spec';
import { BROWSER_CACHE } from '../storage/browserCache';
import { orMemory } from '../storage/memory';
import { isSpeculative } from './config';
import { findModel, type ModelPlaces, type NamedModel } from './models';
import type { SpeculativeEngineConfig } from './types';

/** A pair, and how its target says that it is sampled. */
export interface FoundPair {
  readonly pair: PairSpec;
  readonly sampling: SamplingDefaults;
}

/** The name of a draft that is the target. */
const ITSELF = 'itself';

/** The model that `name` means with what is to draft for it; only its lists and its configuration are fetched. @throws as `findModel` and `chatConfigOf` */
export async function findPair(
  name: string,
  config: SpeculativeEngineConfig,
  chatOptions: ChatOptions,
  signal: AbortSignal,
): Promise<FoundPair> {
  const places: ModelPlaces = {
    lists: config.modelLists,
    records: config.appConfig?.model_list as readonly ModelRecord[] | undefined,
    base: globalThis.document?.baseURI ?? globalThis.location?.href ?? 'file:///',
    storage: orMemory(BROWSER_CACHE),
    signal,
  };
  const named = await findModel(name, places);
  const chat = await chatConfigOf(named.model, places.storage, [named.overrides, chatOptions], signal);
  const target = withOptions(named.model, chat, chatOptions);
  const pair = { target, draft: await findDraft(name, named, config, places) };
  return { pair: config.kvCache === 'half' ? withHalfCaches(pair) : pair, sampling: samplingOf(chat) };
}

async function findDraft(
  name: string,
  { model, drafts }: NamedModel,
  config: SpeculativeEngineConfig,
  places: ModelPlaces,
): Promise<PairSpec['draft']> {
  const { draftModel, method } = config;
  if (draftModel === undefined) return isSpeculative(config) && method !== 'ngram' ? (drafts[0] ?? null) : null;
  if ([ITSELF, name, model.id].includes(draftModel)) return ITSELF;
  return drafts.find(({ id }) => id === draftModel) ?? (await findModel(draftModel, { ...places, besides: [ITSELF] })).model;
}
