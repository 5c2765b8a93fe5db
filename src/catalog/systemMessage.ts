/** Whether a model's chat template has a place for a system message. */
import * as v from 'valibot';
import type { FileStorage } from '../storage/port';
import { fileOf, type ModelSpec } from './spec';
import { openStored } from './storedModels';

const PLACE = '{system_message}';

const Template = v.object({ system_template: v.string(), system_message: v.optional(v.string(), '') });
const Config = v.object({ conv_template: Template });

/**
 * The system message of the template of `model` where none is given, which may be empty; null where the template has no place for one, nothing around
 * it that would tell it from the prompt, or where its file is not stored.
 */
export async function systemMessageOf(model: ModelSpec, storage: FileStorage): Promise<string | null> {
  const template = v.safeParse(Template, model.template ?? (await storedTemplate(model, storage).catch(() => null)));
  if (!template.success) return null;
  const { system_template: around, system_message: own } = template.output;
  return around.includes(PLACE) && around !== PLACE ? own : null;
}

async function storedTemplate(model: ModelSpec, storage: FileStorage): Promise<unknown> {
  const file = fileOf(model, 'mlc-chat-config.json');
  if (!file) return null;
  return v.parse(Config, JSON.parse(await (await openStored(model, storage, file)).text())).conv_template;
}
