import { describe, expect, it } from 'vitest';
import { parseList } from '../../src/catalog/list';
import { catalogueOf, resolveList } from '../../src/catalog/resolve';
import type { ModelSpec } from '../../src/catalog/spec';
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
    parseList(value);
  } catch (error) {
    return error instanceof FailureError ? error.failure : error;
  }
  return null;
}

describe('parseList', () => {
  it('takes what fits', () => {
    const { format, pairs, models } = parseList(good());
    expect([format, pairs]).toEqual([2, [{ name: 'Pair', target: 'big', drafts: [{ id: 'small', name: 'Small', weak: false }] }]]);
    const told = { url: null, bytes: 3, sha256: 'a'.repeat(64) };
    expect(models.big).toEqual({
      ...{ name: 'big', parameters: 10, context: 8, path: 'big', vocabulary: { tokens: 5, logits: 5 } },
      libraries: [{ needs: [], path: 'big.wasm', ...told, from: null }],
      files: [{ path: 'big/resolve/main/tokenizer.json', ...told }],
      ...{ revision: null, tokenizer: null, template: null, stopTokens: null, rollsBack: true, statesOf: null },
    });
  });

  it('reads again what it has made of a list', () => {
    expect(parseList(JSON.parse(JSON.stringify(parseList(good()))))).toEqual(parseList(good()));
  });

  it('names the first field that does not', () => {
    const wrong: [unknown, string][] = [
      [undefined, 'it'],
      ['<!doctype html>', 'it'],
      [{ ...good(), format: 3 }, 'format'],
      [{ ...good(), pair: { ...good().pair, drafts: [] } }, 'pair.drafts'],
      [
        { ...good(), models: { ...good().models, big: { ...model('big'), files: [{ ...file('a'), bytes: -1 }] } } },
        'models.big.files.0.bytes',
      ],
      [{ ...good(), models: { ...good().models, big: { ...model('big'), name: 'big\x1b[2J' } } }, 'models.big.name'],
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

  it('is not misled by a model named as what every object has', () => {
    const list = good();
    const pair = { ...list.pair, target: 'constructor' };
    expect(failureOf({ ...list, pair })).toMatchObject({ message: expect.stringContaining('"constructor"') });
  });

  it('reads in format 2 several targets, files from elsewhere, and files that are checked by size or not at all', () => {
    const { pair: _, ...others } = good();
    const elsewhere = { path: 'far/weights.bin', url: 'https://hub.test/far/weights.bin' };
    const list = parseList({
      ...others,
      format: 2,
      pairs: [
        { name: 'One', target: 'big', drafts: [{ id: 'small', name: 'Small', weak: true }] },
        { name: 'Alone', target: 'far', drafts: [] },
      ],
      models: {
        ...others.models,
        far: {
          ...model('far'),
          ...{ vocabulary: { tokens: 30, logits: 32 }, revision: 'r7', tokenizer: 'bpe-30', stopTokens: [2], rollsBack: false },
          template: { roles: { user: '<u>', assistant: '<a>' }, seps: ['<e>'], stop_str: ['<end>'] },
          libraries: [{ needs: ['shader-f16'], path: 'far.wasm' }],
          files: [elsewhere, { path: 'far/resolve/main/tokenizer.json', bytes: 9 }],
        },
      },
    });
    const { targets, models } = catalogueOf([resolveList(list, 'https://page.test/models/manifest.json', new Set())]);
    expect(targets.map(({ name, model: each, drafts }) => [name, each.id, drafts.map(({ weak }) => weak)])).toEqual([
      ['One', 'big', [true]],
      ['Alone', 'far', []],
    ]);
    expect(models.find(({ id }) => id === 'far')).toMatchObject({
      ...{ vocabulary: { tokens: 30, logits: 32 }, revision: 'r7', tokenizer: 'bpe-30', missing: ['shader-f16'], rollsBack: false },
      files: [
        { url: elsewhere.url, place: 'https://page.test/models/far/weights.bin', bytes: null, sha256: null },
        { url: 'https://page.test/models/far/resolve/main/tokenizer.json', bytes: 9, sha256: null },
      ],
    });
  });

  it('offers a head on the states of its target to no model that a person added', () => {
    const { pair: _, ...others } = good();
    const weights = { path: 'big/resolve/main/params.bin', bytes: 100, sha256: 'b'.repeat(64) };
    const shared = { tokenizer: 'bpe-5' };
    const two = (statesOf?: string) => ({
      ...{ format: 2, pairs: [{ name: 'One', target: 'big', drafts: [{ id: 'small', name: 'Head' }] }] },
      models: {
        ...others.models,
        big: { ...model('big'), ...shared, files: [...model('big').files, weights] },
        small: { ...model('small'), ...shared, ...(statesOf && { statesOf }) },
      },
    });
    const draftsOf = (statesOf?: string) => {
      const list = resolveList(parseList(two(statesOf)), 'https://page.test/models/manifest.json', new Set());
      const added = { ...(list.models.big as ModelSpec), id: 'hub:big' };
      return catalogueOf([list], [added]).targets.map(({ drafts }) => drafts.map(({ model: each }) => [each.id, each.statesOf]));
    };
    expect(draftsOf()).toEqual([[['small', undefined]], [['small', undefined]]]);
    expect(draftsOf('0123')).toEqual([[['small', '0123']], []]);
  });

  it('names what is wrong with a list of format 2', () => {
    const { pair: _, ...others } = good();
    const two = (change: object, of: object = {}) => ({
      ...{ ...others, format: 2, pairs: [{ name: 'One', target: 'big', drafts: [] }] },
      models: { big: { ...model('big'), ...of } },
      ...change,
    });
    const wrong: [unknown, string][] = [
      [two({ pairs: [] }), 'pairs'],
      [two({ pairs: [{ name: 'One', target: 'gone', drafts: [] }] }), 'it names model "gone"'],
      [two({}, { vocabulary: { tokens: 9, logits: 8 } }), 'models.big.vocabulary'],
      [two({}, { files: [{ path: 'a', url: 'javascript:alert(1)' }] }), 'models.big.files.0.url'],
      [two({}, { template: { roles: 'user' } }), 'models.big.template'],
    ];
    for (const [value, field] of wrong) {
      expect(failureOf(value), field).toMatchObject({
        code: 'manifest-invalid',
        message: expect.stringContaining(`cannot be used: ${field}`),
      });
    }
  });

  it('lets no file lie outside the folder of the list', () => {
    for (const path of ['/etc/passwd', '../secret', 'a/../../b', 'https://elsewhere.example/model.bin', 'a\\b', '']) {
      expect(failureOf(withLibraries(library(path))), path).toMatchObject({ code: 'manifest-invalid' });
    }
  });
});

describe('a list in a browser', () => {
  const libraries = [
    library('both', 'subgroups', 'shader-f16'),
    library('unheard', 'telepathy'),
    library('one', 'subgroups'),
    library('base'),
  ];
  const list = parseList(withLibraries(...libraries));
  const url = 'https://page.test/models/manifest.json';
  const chosen = (...features: string[]) => resolveList(list, url, new Set(features)).models.big?.library.name;

  it('chooses the first library whose needs are all met; what is unknown is not', () => {
    expect(chosen()).toBe('base');
    expect(chosen('shader-f16', 'timestamp-query')).toBe('base');
    expect(chosen('subgroups')).toBe('one');
    expect(chosen('subgroups', 'shader-f16')).toBe('both');
  });

  it('chooses for each model by itself, and changes nothing else', () => {
    const { models, list: unchanged } = resolveList(list, url, new Set(['subgroups']));
    expect(models.small?.library).toMatchObject({ name: 'small.wasm', needs: [] });
    expect(unchanged).toBe(list);
  });

  it('where some are stored, chooses the first of these', () => {
    const places = (list.models.big?.libraries ?? []).map(({ path }) => new URL(path, url).href);
    const stored = (...at: number[]) => new Set(places.filter((_, index) => at.includes(index)));
    const from = (...at: number[]) => resolveList(list, url, new Set(['subgroups', 'shader-f16']), stored(...at)).models.big?.library.name;
    expect(from(0, 1, 2, 3)).toBe('both');
    expect(from(1, 2, 3)).toBe('one');
    expect(from(3)).toBe('base');
    expect(from(1)).toBe('base');
  });

  it('gives equal files one revision, on whatever library they run, and other files another', () => {
    const revision = (value: unknown, ...features: string[]) => resolveList(parseList(value), url, new Set(features)).models.big?.revision;
    expect(revision(withLibraries(...libraries), 'subgroups')).toBe(revision(good()));
    const other = { ...model('big'), files: [{ ...file('big/resolve/main/tokenizer.json'), sha256: 'b'.repeat(64) }] };
    expect(revision({ ...good(), models: { ...good().models, big: other } })).not.toBe(revision(good()));
  });
});

describe('several lists', () => {
  const at = (folder: string, list: unknown) => resolveList(parseList(list), `https://page.test/${folder}/manifest.json`, new Set());
  const renamed = () => ({
    ...good(),
    pair: { name: 'Other', target: 'huge', drafts: [{ id: 'tiny', name: 'Tiny' }] },
    models: { huge: model('huge'), tiny: model('tiny') },
  });

  it('offer their targets side by side, each with its own drafts and files', () => {
    const { targets, models } = catalogueOf([at('models', good()), at('models-other', renamed())]);
    expect(targets.map(({ name, drafts, list: of }) => [name, drafts.map((draft) => draft.model.id), of])).toEqual([
      ['Pair', ['small'], 'https://page.test/models/manifest.json'],
      ['Other', ['tiny'], 'https://page.test/models-other/manifest.json'],
    ]);
    expect(models.find(({ id }) => id === 'huge')?.folder).toBe('https://page.test/models-other/huge');
  });

  it('are refused where two give one id to a model of theirs', () => {
    const both = () => catalogueOf([at('models', good()), at('models-other', good())]);
    expect(both).toThrow('The list of models cannot be used: two lists name a model "big".');
  });
});
