/** foretoken serve */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ApiMetrics } from '../api/metrics';
import { MOST_BODY } from '../api/paths';
import { randomSeed } from '../api/randomSeed';
import { describeDraft, describeModel } from './describe';
import { HELP_OPTION, number, type Option, optionLines, readOptions, text, texts, type Values } from './options';
import { print, printError } from './output';
import { loadTelling } from './progress';
import { isLoopback, originOf } from './server/guards';
import { ServedPair } from './server/servedPair';
import { ApiServer } from './server/server';
import { idleOption, MODEL_OPTIONS, openSession, ROOT, type Session } from './session';
import { usageError } from './usage';

const OPTIONS = {
  ...MODEL_OPTIONS,
  port: number('N', { whole: true, min: 0, max: 65535 }, 8080, 'the port; 0: any that is free (default 8080)'),
  host: text('ADDRESS', 'what to listen on (default 127.0.0.1, this machine only)'),
  'api-key': text('KEY', 'asked of every request to /v1 and /metrics;\nor in FORETOKEN_API_KEY'),
  cors: texts('ORIGIN', 'whose pages may ask, as https://example.org; * for all', origin),
  'max-body': bytes('BYTES', `most bytes of a request, as 65536, 64K or 1M (default 1M)`),
  'max-queue': number('N', { whole: true, min: 0, max: 10_000 }, 32, 'requests that may wait (default 32); others get 429'),
  timeout: number('SECONDS', { whole: true, min: 1, max: 86_400 }, 600, 'longest wait for an answer (default 600)'),
  grace: number(
    'SECONDS',
    { whole: true, min: 0, max: 3600 },
    30,
    'how long requests may take to end when the server\nis stopped (default 30)',
  ),
  page: text('FOLDER', 'the built page, served at /; by default the one that\ncomes with this program'),
  help: HELP_OPTION,
};

export const SERVE_USAGE = 'foretoken serve [--target MODEL] [--draft MODEL|ngram|itself|none] [--port N]';

export const SERVE_HELP = `${SERVE_USAGE}

Serves OpenAI's API for one model, made faster by speculative decoding: answers
are the target's own, whatever drafts for it.

  foretoken serve                                     the embedded pair
  foretoken serve --target SmolLM2-135M.gguf          a file of your own
  foretoken serve --target smollm2 --draft ngram      a model beside the page

  curl http://127.0.0.1:8080/v1/chat/completions -H 'content-type: application/json' \\
    -d '{ "messages": [{ "role": "user", "content": "Count from 1 to 12." }] }'

${optionLines(OPTIONS)}

Also there: /v1/completions, /v1/models, /health, /metrics for Prometheus, and
the page at /. Ctrl+C ends it once running requests are answered; a second
Ctrl+C ends it at once.`;

/** How long a client may take to send headers, to send a whole request, and to read on. */
const PATIENCE = { headersMs: 15_000, requestMs: 60_000, unreadMs: 30_000 };
/** Connections besides those of requests that run or wait: for the page, and for refusals. */
const MORE_CONNECTIONS = 64;

/** @param stop ends it once running requests are answered. @returns when it has ended. @throws FailureError; or the signal's reason before it serves */
export async function serve(args: readonly string[], stop: AbortSignal): Promise<void> {
  const { values, rest } = readOptions(OPTIONS, args);
  if (values.help) return print(SERVE_HELP);
  if (rest.length > 0) throw usageError(`"${rest[0]}" is no option of serve.`, 'Add --help to see all options.');
  const session = await openSession(values, print, stop);
  const served = pairOf(session, values['max-queue']);
  const metrics = new ApiMetrics(session.pair.target.id);
  let isReady = false;
  const host = values.host ?? '127.0.0.1';
  const key = keyOf(values['api-key'], process.env.FORETOKEN_API_KEY);
  const server = new ApiServer({
    api: metrics.watch(served),
    access: { host, origins: values.cors, key },
    limits: limitsOf(values),
    pageFolder: builtPage(values.page),
    isReady: () => isReady,
    metrics: () => metrics.text(),
    log: printError,
  });
  const address = await server.listen(values.port);
  try {
    const computedBy = await loadTelling((report) => served.load(report, stop));
    isReady = true;
    await introduce(session, computedBy?.adapter ?? '');
    const idle = computedBy && idleOption(values, computedBy.backend);
    if (idle) printError(idle);
    for (const line of reachWarning(host, key)) print(line);
    print(`\nForetoken is at ${address}\nIts API is at ${address}/v1. Ctrl+C stops it.`);
    await aborted(stop);
    print('Ending: running requests are answered first.');
  } finally {
    await server.close(isReady ? values.grace * 1000 : 0);
  }
}

function pairOf({ engine, pair, drafting, gamma }: Session, mostWaiting: number): ServedPair {
  const defaults = { speculative: drafting !== null, numSpeculativeTokens: gamma, drafting: drafting ?? 'ngram' } as const;
  return new ServedPair({ engine, pair, defaults, mostWaiting, now: Date.now, randomSeed, randomId: randomUUID }, printError);
}

function limitsOf(values: Values<typeof OPTIONS>) {
  return {
    mostBody: values['max-body'],
    answerMs: values.timeout * 1000,
    ...PATIENCE,
    mostConnections: values['max-queue'] + MORE_CONNECTIONS,
  };
}

/** An empty variable is one that was not set, as in a file of variables; an empty option is a mistake. @throws FailureError command-invalid */
export function keyOf(option: string | undefined, variable: string | undefined): string | null {
  if (option === '') throw usageError('--api-key is empty.', 'Name the key, or leave the option out to serve without one.');
  return option ?? (variable || null);
}

/** What is said of a server that others can reach. */
export function reachWarning(host: string, key: string | null): string[] {
  if (isLoopback(host)) return [];
  return [
    'Other machines can reach this server.',
    ...(key === null ? ['No key is asked for: every program that reaches it can use it. Set one with --api-key.'] : []),
  ];
}

async function introduce({ pair, drafting, storage }: Session, adapter: string): Promise<void> {
  print(`target  ${await describeModel(pair.target, storage)}`);
  print(`draft   ${await describeDraft(pair, drafting, storage)}`);
  print(`runs on ${adapter}`);
}

/** @throws FailureError command-invalid where the page that was named is not there */
function builtPage(named: string | undefined): string | null {
  const folder = named ?? path.join(ROOT, 'dist');
  if (fs.existsSync(path.join(folder, 'index.html'))) return folder;
  if (named === undefined) return null;
  throw usageError(`${named} holds no built page.`, 'Name the folder that npm run build has written.');
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function origin(given: string, name: string): string {
  const found = originOf(given);
  if (found !== null) return found;
  throw usageError(`--${name} is "${given}".`, 'Choose an origin, as https://example.org or http://localhost:3000, or * for all.');
}

/** 1 K to what the API reads at most. */
function bytes(placeholder: string, help: string): Option<number> {
  const units: Readonly<Record<string, number>> = { '': 1, K: 1 << 10, M: 1 << 20 };
  return {
    placeholder,
    help,
    read([given = '1M'], name) {
      const [, count, unit = ''] = /^(\d+)([KM]?)$/i.exec(given) ?? [];
      const value = Number(count) * (units[unit.toUpperCase()] ?? Number.NaN);
      if (value >= 1024 && value <= MOST_BODY) return value;
      throw usageError(`--${name} is "${given}".`, `Choose bytes, 1K to ${MOST_BODY >> 20}M.`);
    },
  };
}
