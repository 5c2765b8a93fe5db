import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ChatTemplate, ModelSpec } from '../../src/catalog/spec';
import { storeModel } from '../../src/catalog/storedModels';
import { systemMessageOf } from '../../src/catalog/systemMessage';
import { memoryStorage } from '../../src/storage/memory';
import type { FileStorage } from '../../src/storage/port';
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

  it('is fetched where the browser stores nothing, and not known where the server has none', async () => {
    const nowhere: FileStorage = { open: () => Promise.reject(new Error('nothing is kept')) };
    const place = `${model.folder}/resolve/main/mlc-chat-config.json`;
    const url = `${place}?1`;
    const listed = { ...model, template: null, files: [{ url, place, name: 'mlc-chat-config.json', bytes: null, sha256: null }] };
    const text = JSON.stringify({ conv_template: { system_template: '<s>{system_message}', system_message: 'Hello.' } });
    const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(text));
    expect(await systemMessageOf(listed, nowhere)).toBe('Hello.');
    expect(fetched.mock.calls.map(([asked]) => asked)).toEqual([url]);
    fetched.mockImplementation(async () => new Response('Not found', { status: 404 }));
    expect(await systemMessageOf(listed, nowhere)).toBeNull();
  });
});
