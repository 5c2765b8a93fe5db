/** npm start [-- --port N] [--host]: installs what is missing, builds the page and serves it. Needs nothing but Node. */
import { ensurePackages, root } from './install.mjs';
import { failClearly, onPort, serverOptions } from './options.mjs';

await failClearly(async () => {
  const server = serverOptions();
  ensurePackages();
  const { build, preview } = await import('vite');
  await build({ root, logLevel: 'warn' });
  const { resolvedUrls } = await onPort(server, () => preview({ root, preview: server }));
  const [url] = [...resolvedUrls.local, ...resolvedUrls.network];
  console.log(`\n  Foretoken is at ${url}\n  Open it in a browser. Ctrl+C stops the server.\n`);
});
