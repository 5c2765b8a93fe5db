import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ChatTemplate, ModelSpec } from '../../src/catalog/spec';
import { storeModel } from '../../src/catalog/storedModels';
import { systemMessageOf } from '../../src/catalog/systemMessage';
import { memoryStorage } from '../../src/storage/memory';
import { shippedTarget } from '../support/shipped';

const { model } = shippedTarget();
const withTemplate = (template: object): ModelSpec => ({ ...model, template: { roles: {}, seps: [], ...template } as ChatTemplate });
const own = (template: object) => systemMessageOf(withTemplate(template), memoryStorage());

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the system message of a chat template', () => {
  it('is its own, which may be empty', async () => {
    expect(await own({ system_template: '<s>{system_message}<e>', system_message: 'Be kind.' })).toBe('Be kind.');
    expect(await own({ system_template: '<s>{system_message}<e>' })).toBe('');
  });

  it('has no place where nothing tells it from the prompt, or the template does not name it', async () => {
    expect(await own({ system_template: '{system_message}', system_message: '' })).toBeNull();
    expect(await own({ system_template: '<s>' })).toBeNull();
    expect(await own({})).toBeNull();
  });

  it('is read from the stored file where the list says nothing; without that it is not known', async () => {
    const storage = memoryStorage();
    const text = JSON.stringify({ conv_template: { system_template: '<s>{system_message}', system_message: 'Hello.' } });
    const place = `${model.folder}/resolve/main/mlc-chat-config.json`;
    const file = { url: place, place, name: 'mlc-chat-config.json', bytes: null, sha256: null };
    const listed = { ...model, template: null, files: [file] };
    expect(await systemMessageOf(listed, storage)).toBeNull();
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(text));
    await storeModel(listed, storage, () => undefined, new AbortController().signal, [file]);
    expect(await systemMessageOf(listed, storage)).toBe('Hello.');
  });
});
