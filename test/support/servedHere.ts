import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openEngine } from '../../src/node/engine';
import { choosePair, pageLists } from '../../src/node/models';
import { ServedPair } from '../../src/node/server/servedPair';
import { ApiServer, type ServerSetup } from '../../src/node/server/server';

const PAGE_FOLDER = path.resolve(import.meta.dirname, '../../public');
const never = new AbortController().signal;

export interface ServedHere {
  readonly server: ApiServer;
  readonly address: string;
  /** What the server told its owner. */
  readonly lines: string[];
}

/** The embedded pair on the CPU behind a server in this process; what a page needs of a browser is supplied here from then on. */
export async function cpuPair(mostWaiting = 4): Promise<{ readonly api: ServedPair; readonly folder: string }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'served-'));
  const node = await openEngine({ device: 'cpu', threads: 2, cacheFolder: folder, pageFolder: PAGE_FOLDER });
  const setup = { ...node, lists: pageLists(PAGE_FOLDER), report: () => undefined, signal: never };
  const { pair } = await choosePair(undefined, undefined, setup);
  const defaults = { speculative: true, numSpeculativeTokens: 4, drafting: 'model' } as const;
  let made = 0;
  const api = new ServedPair(
    {
      ...{ engine: node.engine, pair, defaults, mostWaiting },
      ...{ now: Date.now, randomSeed: () => 7, randomId: () => String(++made) },
    },
    () => undefined,
  );
  await api.load(() => undefined, never);
  return { api, folder };
}

/** A server of `api`, on a free port of this machine by default. */
export async function serveHere(
  api: ServerSetup['api'],
  {
    access,
    limits,
    ...more
  }: Partial<Omit<ServerSetup, 'access' | 'limits'>> & {
    readonly access?: Partial<ServerSetup['access']>;
    readonly limits?: Partial<ServerSetup['limits']>;
  } = {},
  port = 0,
): Promise<ServedHere> {
  const lines: string[] = [];
  const server = new ApiServer({
    api,
    access: { host: '127.0.0.1', origins: [], key: null, ...access },
    limits: { mostBody: 10_000, answerMs: 60_000, headersMs: 10_000, requestMs: 20_000, unreadMs: 10_000, mostConnections: 100, ...limits },
    ...{ pageFolder: null, isReady: () => true, metrics: () => 'a 1\n', log: (line: string) => lines.push(line) },
    ...more,
  });
  return { server, lines, address: await server.listen(port) };
}
