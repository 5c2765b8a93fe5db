import { fitManifest, type Manifest } from '../../../src/catalog/manifest';

const file = (path: string, bytes: number) => ({ path, bytes, sha256: '0'.repeat(64) });

const entry = (name: string, parameters: number, bytes: number) => ({
  name,
  parameters,
  vocabulary: 40,
  context: 2048,
  path: name,
  libraries: [{ needs: [], ...file(`${name}.wasm`, 400_000) }],
  files: [file(`${name}.bin`, bytes)],
});

const LIST = {
  format: 1 as const,
  pair: {
    name: 'Fake pair',
    target: 'target',
    drafts: [
      { id: 'draft', name: 'Good draft' },
      { id: 'weak-draft', name: 'Weak draft' },
    ],
  },
  models: {
    target: entry('target', 5_800_000, 11_000_000),
    draft: entry('draft', 800_000, 1_600_000),
    'weak-draft': entry('weak-draft', 300_000, 600_000),
  },
};

export const MANIFEST: Manifest = fitManifest(LIST, new Set());
