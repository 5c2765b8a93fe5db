import { describe, expect, it } from 'vitest';
import { fitManifest, parseManifest } from '../../src/catalog/manifest';
import { FailureError } from '../../src/core/failure';

const file = (path: string) => ({ path, bytes: 3, sha256: 'a'.repeat(64) });
const library = (path: string, ...needs: string[]) => ({ needs, ...file(path) });
const model = (id: string) => ({
  name: id,
  parameters: 10,
  vocabulary: 5,
  context: 8,
  path: id,
  libraries: [library(`${id}.wasm`)],
  files: [file(`${id}/resolve/main/tokenizer.json`)],
});
const good = () => ({
  format: 1,
  pair: { name: 'Pair', target: 'big', drafts: [{ id: 'small', name: 'Small' }] },
  models: { big: model('big'), small: model('small') } as Record<string, unknown>,
});
const withLibraries = (...libraries: unknown[]) => ({ ...good(), models: { ...good().models, big: { ...model('big'), libraries } } });

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
      [withLibraries({ ...library('a'), sha256: 'xyz' }), 'models.big.libraries.0.sha256'],
      [withLibraries(file('a')), 'models.big.libraries.0.needs'],
    ];
    for (const [value, field] of wrong) {
      expect(failureOf(value)).toMatchObject({ code: 'manifest-invalid', message: expect.stringContaining(`cannot be used: ${field}`) });
    }
  });

  it('refuses libraries of which one could not be chosen, and says why', () => {
    const wrong: [unknown[], string][] = [
      [[], 'it is empty'],
      [[library('a', 'subgroups')], 'the last must need nothing, so that it runs everywhere'],
      [[library('a'), library('b', 'subgroups')], 'the last must need nothing, so that it runs everywhere'],
      [[library('a', 'subgroups'), library('a')], 'one is there twice'],
      [[library('a'), library('b')], 'one would never be chosen, because one before it needs no more'],
      [[library('a', 'x'), library('b', 'y', 'x'), library('c')], 'one would never be chosen, because one before it needs no more'],
    ];
    for (const [libraries, why] of wrong) {
      expect(failureOf(withLibraries(...libraries))).toMatchObject({
        code: 'manifest-invalid',
        message: `The list of models cannot be used: models.big.libraries: ${why}.`,
        hint: 'Serve the manifest.json that belongs to this version of the page.',
      });
    }
  });

  it('names a model that the pair has and the list has not', () => {
    const { small: _, ...models } = good().models;
    expect(failureOf({ ...good(), models })).toMatchObject({ message: expect.stringContaining('"small"') });
  });

  it('lets no file lie outside the folder of the manifest', () => {
    for (const path of ['/etc/passwd', '../secret', 'a/../../b', 'https://elsewhere.example/model.bin', 'a\\b', '']) {
      expect(failureOf(withLibraries(library(path))), path).toMatchObject({ code: 'manifest-invalid' });
    }
  });
});

describe('fitManifest', () => {
  const libraries = [
    library('both', 'subgroups', 'shader-f16'),
    library('unheard', 'telepathy'),
    library('one', 'subgroups'),
    library('base'),
  ];
  const list = parseManifest(withLibraries(...libraries));
  const chosen = (...features: string[]) => fitManifest(list, new Set(features)).models.big?.library.path;

  it('chooses the first library whose needs are all met; what is unknown is not', () => {
    expect(chosen()).toBe('base');
    expect(chosen('shader-f16', 'timestamp-query')).toBe('base');
    expect(chosen('subgroups')).toBe('one');
    expect(chosen('subgroups', 'shader-f16')).toBe('both');
  });

  it('chooses for each model by itself, and changes nothing else', () => {
    const { models, ...others } = fitManifest(list, new Set(['subgroups']));
    expect(models.small?.library).toEqual(library('small.wasm'));
    expect(parseManifest({ ...others, models })).toEqual(list);
  });

  it('where some are stored, chooses the first of these', () => {
    const stored = (...at: number[]) => new Set((list.models.big?.libraries ?? []).filter((_, index) => at.includes(index)));
    const from = (...at: number[]) => fitManifest(list, new Set(['subgroups', 'shader-f16']), stored(...at)).models.big?.library.path;
    expect(from(0, 1, 2, 3)).toBe('both');
    expect(from(1, 2, 3)).toBe('one');
    expect(from(3)).toBe('base');
    expect(from(1)).toBe('base');
  });
});
