/** npm run build [-- --out FOLDER] [--own-models]: installs what is missing and builds the page, for any static host; with its own models alone, as npm's package has it. */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages, root } from './install.mjs';
import { failClearly } from './options.mjs';

await failClearly(async () => {
  const { values } = parseArgs({
    options: { out: { type: 'string', default: 'dist' }, 'own-models': { type: 'boolean', default: false } },
  });
  ensurePackages();
  const [{ build }, { FURTHER_FOLDER, FURTHER_LISTS }] = await Promise.all([import('vite'), import('./furtherLists.mjs')]);
  const own = values['own-models'];
  await build({ root, build: { outDir: values.out, emptyOutDir: true }, define: own ? { [FURTHER_LISTS]: '[]' } : {} });
  const out = path.resolve(root, values.out);
  const further = own ? fs.readdirSync(out).filter((name) => FURTHER_FOLDER.test(name)) : [];
  for (const name of further) fs.rmSync(path.join(out, name), { recursive: true });
});
