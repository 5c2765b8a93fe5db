/** npm run dev [-- --port N] [--host]: installs what is missing and serves the sources, reloading as they change. */
import { ensurePackages, root } from './install.mjs';
import { failClearly, onPort, serverOptions } from './options.mjs';

await failClearly(async () => {
  const server = serverOptions();
  ensurePackages();
  const { createServer } = await import('vite');
  const running = await createServer({ root, server });
  await onPort(server, () => running.listen());
  running.printUrls();
});
