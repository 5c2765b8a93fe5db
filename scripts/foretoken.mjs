/** npm run foretoken -- COMMAND …: installs what is missing, builds what has changed, and runs the command `foretoken` (docs/server.md). */
import { ensurePackages, root } from './install.mjs';
import { failClearly } from './options.mjs';

const SOURCES = ['src', 'scripts', 'package-lock.json'];
const PAGE_SOURCES = [...SOURCES, 'public', 'index.html', 'embed.html', 'notes.html', 'vite.config.ts'];

await failClearly(async () => {
  ensurePackages();
  const { buildNode, COMMAND, isOutdated } = await import('./buildNode.mjs');
  const [command, ...rest] = process.argv.slice(2);
  const servesPage = command === 'serve' && !rest.some((option) => option === '--help' || /^--page(=|$)/.test(option));
  if (isOutdated(COMMAND, SOURCES)) {
    console.error('Building the command …');
    await buildNode();
  }
  if (servesPage && isOutdated(`${root}dist/index.html`, PAGE_SOURCES)) {
    console.error('Building the page …');
    const { build } = await import('vite');
    await build({ root, logLevel: 'warn' });
  }
  await import(COMMAND);
});
