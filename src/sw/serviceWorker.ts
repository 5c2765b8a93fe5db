/**
 * The service worker: an entry of its own, built to serviceWorker.js beside the page. It answers what a route of `ROUTES` takes.
 * It takes over from an earlier version only when a page asks for that, or when no page is open, and reloads nothing.
 */
import { ApiRoute } from './apiRoute';
import { Gate } from './gate';
import type { ToServiceWorker } from './messages';
import { type Route, routeFor } from './route';
import { Shell, type ShellFile } from './shell';

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: readonly ShellFile[] };

const gate = new Gate();
const shell = new Shell(self.__WB_MANIFEST, self.registration.scope, gate);

const ROUTES: readonly Route[] = [new ApiRoute(self), shell];

self.addEventListener('install', (event) => shell.install(event));

// The page that registered the first version goes on under it, so that its later parts are answered from storage too.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const route = routeFor(ROUTES, event.request);
  if (route) event.respondWith(route.answer(event));
});

self.addEventListener('message', (event) => event.waitUntil(receive(event)));

async function receive(event: ExtendableMessageEvent): Promise<void> {
  const message = event.data as ToServiceWorker;
  const [port] = event.ports;
  if (message.type === 'report') {
    port?.postMessage(await shell.report());
    return;
  }
  if (message.type === 'hold') await gate.close();
  if (message.type === 'release') gate.open();
  port?.postMessage(null);
  if (message.type === 'activate') await self.skipWaiting();
  else if (message.type === 'tidy' && (await openPages()) <= 1) shell.tidy(event);
}

async function openPages(): Promise<number> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return pages.filter(({ url }) => url.startsWith(self.registration.scope)).length;
}
