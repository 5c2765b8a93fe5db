import { expect, it } from 'vitest';
import { isSameHost } from '../../src/storage/hosts';

const SENT = [
  ['https://huggingface.co/mlc-ai/a', 'https://cdn-lfs-us-1.huggingface.co/b', true],
  ['https://huggingface.co/mlc-ai/a', 'https://cas-bridge.xethub.hf.co/b', true],
  ['https://github.com/a', 'https://raw.githubusercontent.com/b', true],
  ['http://127.0.0.1:8000/a', 'http://127.0.0.1:9000/b', true],
  ['https://models.example.org/a', 'https://example.org/b', true],
  ['https://huggingface.co/a', 'https://huggingface.co.example.org/b', false],
  ['https://huggingface.co/a', 'https://myhf.co/b', false],
  ['https://huggingface.co/a', 'https://raw.githubusercontent.com/b', false],
  ['http://127.0.0.1/a', 'http://localhost/b', false],
] as const;

it.each(SENT)('a file of %s may come from %s: %s', (from, to, may) => {
  expect(isSameHost(from, to)).toBe(may);
});
