/** Whether a model's chat template has a place for a system message. */
import * as v from 'valibot';
import { fetchPatiently } from '../storage/fetching';
import type { FileStorage } from '../storage/port';
import { fileOf, type ModelSpec } from './spec';
import { openStored, SHELVES } from './storedModels';

const PLACE = '{system_message}';

const Template = v.object({ system_template: v.string(), system_message: v.optional(v.string(), '') });
const Config = v.object({ conv_template: Template });

/**
 * The system message of the template of `model` where none is given, which may be empty; null where the template has no place for one, nothing around
 * it that would tell it from the prompt, or where its file is not stored. A browser that stores nothing fetches it.
 */
export async function systemMessageOf(model: ModelSpec, storage: FileStorage): Promise<string | null> {
  const template = v.safeParse(Template, model.template ?? (await templateOfFile(model, storage).catch(() => null)));
  if (!template.success) return null;
  const { system_template: around, system_message: own } = template.output;
  return around.includes(PLACE) && around !== PLACE ? own : null;
}

async function templateOfFile(model: ModelSpec, storage: FileStorage): Promise<unknown> {
  const file = fileOf(model, 'mlc-chat-config.json');
  if (!file) return null;
  const keeps = await storage.open(SHELVES.config).then(Boolean, () => false);
  const content = keeps || file.url === null ? await openStored(model, storage, file) : await fetchPatiently(file.url);
  return v.parse(Config, JSON.parse(await content.text())).conv_template;
}
