import { parseList } from '../../../src/catalog/list';
import { catalogueOf, resolveList } from '../../../src/catalog/resolve';
import type { PairSpec } from '../../../src/catalog/spec';

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

/** The list as a server has it. */
export const MANIFEST = {
  format: 1 as const,
  pair: {
    name: 'Fake pair',
    target: 'target',
    drafts: [
      { id: 'draft', name: 'Good draft' },
      { id: 'weak-draft', name: 'Weak draft', weak: true },
    ],
  },
  models: {
    target: entry('target', 5_800_000, 11_000_000),
    draft: entry('draft', 800_000, 1_600_000),
    'weak-draft': entry('weak-draft', 300_000, 600_000),
  },
};

/** A chat template with a place for a system message. */
const template = {
  roles: { user: 'user', assistant: 'assistant' },
  seps: ['\n'],
  system_template: '<s>{system_message}</s>',
  system_message: 'Be kind.',
};

/** A list beside it: a target that has no draft models. */
export const FURTHER_MANIFEST = {
  format: 2 as const,
  pairs: [{ name: 'General', target: 'general', drafts: [] }],
  models: { general: { ...entry('general', 135_000_000, 104_000_000), name: 'General 135M', template } },
};

/** What the page makes of it without WebGPU. */
export const CATALOGUE = catalogueOf([resolveList(parseList(MANIFEST), 'https://models.test/manifest.json', new Set())]);

/** The id of what drafts in `pair`, the target's where that is itself; `draft` where no model does. */
export function draftOf({ target, draft }: PairSpec): string {
  return draft === 'itself' ? target.id : (draft?.id ?? 'draft');
}
