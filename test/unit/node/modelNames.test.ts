import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDraftName, readModelName } from '../../../src/node/modelNames';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'model names-'));
  fs.mkdirSync(path.join(folder, 'listed'));
  fs.mkdirSync(path.join(folder, 'empty'));
  fs.mkdirSync(path.join(folder, 'listed#2'));
  for (const name of ['listed', 'listed#2']) fs.writeFileSync(path.join(folder, name, 'manifest.json'), '{}');
  fs.writeFileSync(path.join(folder, 'model.GGUF'), '');
  fs.mkdirSync(path.join(folder, 'folder.gguf'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const at = (...names: string[]) => path.join(folder, ...names);
const list = (name: string, id: string | null = null) => ({ kind: 'list', url: pathToFileURL(at(name, 'manifest.json')).href, id });

describe('the name of a model', () => {
  it('is an id, unless it is something else', () => {
    expect(readModelName('smollm2')).toEqual({ kind: 'id', id: 'smollm2' });
    expect(readModelName('own:a-0123')).toEqual({ kind: 'id', id: 'own:a-0123' });
  });

  it('is a folder with a list, or that list, and which of its models is meant', () => {
    expect(readModelName(at('listed'))).toEqual(list('listed'));
    expect(readModelName(at('listed', 'manifest.json'))).toEqual(list('listed'));
    expect(readModelName(`${at('listed')}#draft`)).toEqual(list('listed', 'draft'));
    expect(readModelName(at('listed#2'))).toEqual(list('listed#2'));
    expect(readModelName(`${at('listed#2')}#draft`)).toEqual(list('listed#2', 'draft'));
  });

  it('is an address of a list, or of its folder', () => {
    const of = (text: string) => readModelName(text);
    expect(of('https://example.org/models')).toEqual({ kind: 'list', url: 'https://example.org/models/manifest.json', id: null });
    expect(of('https://example.org/models/#a%20b')).toEqual({ kind: 'list', url: 'https://example.org/models/manifest.json', id: 'a b' });
    expect(of('http://localhost/m.json?x=1')).toEqual({ kind: 'list', url: 'http://localhost/m.json?x=1', id: null });
    expect(of(pathToFileURL(at('listed')).href)).toEqual(list('listed'));
  });

  it('is a GGUF file', () => {
    expect(readModelName(at('model.GGUF'))).toEqual({ kind: 'gguf', path: at('model.GGUF') });
  });

  it('may be what drafts without a model', () => {
    for (const kind of ['ngram', 'itself', 'none']) expect(readDraftName(kind)).toEqual({ kind });
    expect(readDraftName('draft')).toEqual({ kind: 'id', id: 'draft' });
  });

  it.each([
    ['a GGUF file that is not there', 'missing.gguf', /There is no file .*missing\.gguf/],
    ['a folder in place of a GGUF file', 'folder.gguf', /folder\.gguf is a folder\./],
    ['a folder that is not there', 'missing/', /There is no file or folder/],
    ['a folder without a list', 'empty', /holds no manifest\.json/],
  ])('is refused as %s', (_, name, said) => {
    expect(() => readModelName(at(name))).toThrow(said);
  });

  it.each([
    ['https://example.org/model.gguf', /from an address/],
    ['https://', /not an address/],
  ])('is refused as %s', (name, said) => {
    expect(() => readModelName(name)).toThrow(said);
  });
});
