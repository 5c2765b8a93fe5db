/** npm run build [-- --out FOLDER]: installs what is missing and builds the page, for any static host. */
import { parseArgs } from 'node:util';
import { ensurePackages, root } from './install.mjs';
import { failClearly } from './options.mjs';

await failClearly(async () => {
  const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist' } } });
  ensurePackages();
  const { build } = await import('vite');
  await build({ root, build: { outDir: values.out, emptyOutDir: true } });
});
