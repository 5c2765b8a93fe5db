import { afterAll, beforeAll } from 'vitest';
import { CreateSpeculativeEngine, type SpeculativeEngine, type SpeculativeEngineConfig } from '../../../src/package';
import { FaultyServer } from '../../e2e/support/server';
import { SHIPPED } from '../../support/shipped';

export const PROMPT = 'Count from 1 to 12.';
export const ask = (content = PROMPT) => [{ role: 'user' as const, content }];

/** The embedded pair on the CPU of this machine, as the package's own engine without WebGPU, and the server that it came from, for the tests of a file. */
export function embeddedEngine(config: SpeculativeEngineConfig = {}) {
  let engine: SpeculativeEngine;
  let server: FaultyServer;
  beforeAll(async () => {
    server = await FaultyServer.start(SHIPPED);
    engine = await CreateSpeculativeEngine('embedded', { modelLists: [`${server.url}manifest.json`], ...config });
  });
  afterAll(async () => {
    await engine.unload();
    await server.close();
  });
  return {
    get engine() {
      return engine;
    },
    get lists() {
      return [`${server.url}manifest.json`];
    },
    get server() {
      return server;
    },
  };
}

export async function all<T>(parts: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const part of parts) collected.push(part);
  return collected;
}
