import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addDraft } from '../../scripts/smollm2.mjs';
import { versionOfFiles } from '../../src/core/run/exports';

const LIBRARIES = path.resolve(import.meta.dirname, '../../public/libraries');
const EMBEDDING = Buffer.from('the words of an embedding');
const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');

let made: string;
let weights: string;
let target: {
  name: string;
  path: string;
  vocabulary: number;
  tokenizer: string;
  context: number;
  files: { path: string; sha256: string }[];
};

const write = (folder: string, name: string, content: Buffer | string) => {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, name), content);
};

beforeEach(() => {
  made = fs.mkdtempSync(path.join(os.tmpdir(), 'made-'));
  weights = fs.mkdtempSync(path.join(os.tmpdir(), 'weights-'));
  const folder = path.join(made, 'smollm2/resolve/main');
  const record = { name: 'emb', byteOffset: 4, nbytes: EMBEDDING.length };
  write(folder, 'tensor-cache.json', JSON.stringify({ records: [{ dataPath: 'params_shard_0.bin', records: [record] }] }));
  write(folder, 'params_shard_0.bin', Buffer.concat([Buffer.from('head'), EMBEDDING, Buffer.from('more')]));
  for (const name of ['tokenizer.json', 'mlc-chat-config.json']) write(folder, name, '{}');
  target = {
    name: 'SmolLM2',
    path: 'smollm2',
    vocabulary: 49152,
    tokenizer: 'abc',
    context: 2048,
    files: [
      { path: 'smollm2/a.bin', sha256: 'a1' },
      { path: 'smollm2/tokenizer.json', sha256: 'b2' },
      { path: 'smollm2/b.bin', sha256: 'c3' },
    ],
  };
  write(weights, 'params_shard_0.bin', 'weights of a draft');
  const files = { 'params_shard_0.bin': sha256('weights of a draft') };
  write(weights, 'draft.json', JSON.stringify({ target: sha256(EMBEDDING), parameters: 7_742_592, files }));
});

afterEach(() => {
  for (const folder of [made, weights]) fs.rmSync(folder, { recursive: true });
});

it('lists the draft for the target that is beside it, with libraries made of those of the page', async () => {
  const listed = await addDraft(made, LIBRARIES, target, weights);
  expect(listed).toMatchObject({ parameters: 7_742_592, vocabulary: 49152, statesOf: versionOfFiles(['a1', 'c3']) });
  expect(listed.files.map(({ path: name }) => name.split('/').at(-1))).toEqual([
    'params_shard_0.bin',
    'tokenizer.json',
    'mlc-chat-config.json',
  ]);
  for (const { from } of listed.libraries) {
    for (const part of [from.base, from.delta]) expect(sha256(fs.readFileSync(path.join(made, part.path)))).toBe(part.sha256);
  }
});

it('refuses a draft that was trained for another target', async () => {
  write(
    path.join(made, 'smollm2/resolve/main'),
    'params_shard_0.bin',
    Buffer.concat([Buffer.from('head'), Buffer.from('the words of another one.')]),
  );
  await expect(addDraft(made, LIBRARIES, target, weights)).rejects.toThrow(/was trained for another target: the embedding of SmolLM2/);
});

it('refuses a cut file of a draft by its name', async () => {
  write(weights, 'params_shard_0.bin', 'weights of a dr');
  await expect(addDraft(made, LIBRARIES, target, weights)).rejects.toThrow(/params_shard_0\.bin is not the file that draft\.json names/);
});
