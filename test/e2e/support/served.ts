import type { Browser } from 'playwright-core';
import { beforeAll } from 'vitest';
import { BUILT } from './built';
import { launch } from './page';
import { FaultyServer } from './server';

/** The production build on a server, and a browser to visit it with, as long as the tests of a file last. */
export function servedBuild(): { readonly server: FaultyServer; readonly browser: Browser } {
  let server: FaultyServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await FaultyServer.start(BUILT);
    browser = await launch();
    return async () => {
      await browser.close();
      await server.close();
    };
  });
  return {
    get server() {
      return server;
    },
    get browser() {
      return browser;
    },
  };
}
