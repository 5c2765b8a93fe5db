/** What a pair is, in a line for each model. */
import * as v from 'valibot';
import { fileOf, type ModelSpec, type PairSpec } from '../catalog/spec';
import { openStored } from '../catalog/storedModels';
import type { FileStorage } from '../storage/port';

const Config = v.object({ model_type: v.string(), model_config: v.object({ num_hidden_layers: v.number() }) });

/** Of `model`, whose files are stored: "SmolLM2 135M: llama, 30 layers, 134.5 M parameters, context 2048". */
export async function describeModel(model: ModelSpec, storage: FileStorage): Promise<string> {
  const { name, parameters, context, halfCache } = model;
  const built = await architectureOf(model, storage);
  const millions = (parameters / 1e6).toFixed(1);
  return `${name}: ${[...built, `${millions} M parameters`, `context ${context}${halfCache ? ', its cache in half precision' : ''}`].join(', ')}`;
}

/** What drafts, described. */
export async function describeDraft({ target, draft }: PairSpec, drafting: string | null, storage: FileStorage): Promise<string> {
  if (drafting === null) return 'none: plain decoding';
  if (draft === 'itself') return `${target.name}, itself`;
  if (draft === null) return 'n-grams of the text so far';
  const reads = draft.statesOf === undefined ? '' : ', on the target’s states';
  return `${await describeModel(draft, storage)}${reads}${drafting === 'mixed' ? ', after n-grams' : ''}`;
}

/** Architecture and number of layers; empty where the model does not say. */
async function architectureOf(model: ModelSpec, storage: FileStorage): Promise<string[]> {
  const file = fileOf(model, 'mlc-chat-config.json');
  const text = file ? await openStored(model, storage, file).then((content) => content.text()) : '';
  const read = v.safeParse(Config, text === '' ? null : JSON.parse(text));
  if (!read.success) return [];
  const { num_hidden_layers: layers } = read.output.model_config;
  return [read.output.model_type, `${layers} ${layers === 1 ? 'layer' : 'layers'}`];
}
