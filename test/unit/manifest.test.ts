import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/core/failure';
import { parseManifest } from '../../src/model/manifest';

const file = (path: string) => ({ path, bytes: 3, sha256: 'a'.repeat(64) });
const model = (id: string) => ({
  name: id,
  parameters: 10,
  vocabulary: 5,
  context: 8,
  path: id,
  library: file(`${id}.wasm`),
  files: [file(`${id}/resolve/main/tokenizer.json`)],
});
const good = () => ({
  format: 1,
  pair: { name: 'Pair', target: 'big', drafts: [{ id: 'small', name: 'Small' }] },
  models: { big: model('big'), small: model('small') } as Record<string, unknown>,
});

function failureOf(value: unknown) {
  try {
    parseManifest(value);
  } catch (error) {
    return error instanceof FailureError ? error.failure : error;
  }
  return null;
}

describe('parseManifest', () => {
  it('takes what fits', () => {
    expect(parseManifest(good())).toEqual(good());
  });

  it('names the first field that does not', () => {
    const wrong: [unknown, string][] = [
      [undefined, 'it'],
      ['<!doctype html>', 'it'],
      [{ ...good(), format: 2 }, 'format'],
      [{ ...good(), pair: { ...good().pair, drafts: [] } }, 'pair.drafts'],
      [
        { ...good(), models: { ...good().models, big: { ...model('big'), files: [{ ...file('a'), bytes: -1 }] } } },
        'models.big.files.0.bytes',
      ],
      [
        { ...good(), models: { ...good().models, big: { ...model('big'), library: { ...file('a'), sha256: 'xyz' } } } },
        'models.big.library.sha256',
      ],
    ];
    for (const [value, field] of wrong) {
      expect(failureOf(value)).toMatchObject({ code: 'manifest-invalid', message: expect.stringContaining(`cannot be used: ${field}`) });
    }
  });

  it('names a model that the pair has and the list has not', () => {
    const { small: _, ...models } = good().models;
    expect(failureOf({ ...good(), models })).toMatchObject({ message: expect.stringContaining('"small"') });
  });

  it('lets no file lie outside the folder of the manifest', () => {
    for (const path of ['/etc/passwd', '../secret', 'a/../../b', 'https://elsewhere.example/model.bin', 'a\\b', '']) {
      const value = { ...good(), models: { ...good().models, big: { ...model('big'), library: file(path) } } };
      expect(failureOf(value), path).toMatchObject({ code: 'manifest-invalid' });
    }
  });
});
