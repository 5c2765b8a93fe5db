import fs from 'node:fs';
import OpenAI from 'openai';
import { expect, it } from 'vitest';
import { startServer } from '../../node/support/command';
import { countOf, expectedOf, type Outcome, references, request } from '../../node/support/mixedLoad';

const SEQUENTIAL = 200;
const CONCURRENT = 20;
/** Bursts of concurrent requests. */
const BURSTS = 5;
/** The part of the requests after which memory may grow no more. */
const WARM = 60;
/** What a server's memory may differ by from one look to the next. */
const SLACK_MB = 48;

/** Requests that need no model. */
const CHEAP = 5000;
/** The most that each of them may leave behind: code that Node compiles meanwhile counts too, and a request that is kept takes over 1,000. */
const BYTES_EACH = 200;
/** Has the server collect its garbage and tell the rest at SIGUSR2. */
const TELL_HEAP = `
  import v8 from 'node:v8';
  import vm from 'node:vm';
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc');
  process.on('SIGUSR2', () => {
    collect();
    process.stderr.write('heap ' + process.memoryUsage().heapUsed + '\\n');
  });`;

/** Of a process, in MB; null where the system does not tell (Linux does). */
function memoryMb(pid: number | undefined): number | null {
  const status = `/proc/${pid}/status`;
  const found = fs.existsSync(status) ? /^VmRSS:\s+(\d+) kB/m.exec(fs.readFileSync(status, 'utf8')) : null;
  return found ? Number(found[1]) / 1024 : null;
}

it('answers 200 requests in turn and 20 at a time: none lost, none mixed up, and memory stays', async () => {
  const { command, address } = await startServer();
  await using _ = command;
  const memory = () => memoryMb(command.process.pid);
  const client = new OpenAI({ baseURL: `${address}/v1`, apiKey: 'none', maxRetries: 0 });
  const texts = await references(client);
  const outcomes: Outcome[] = [];
  let warm: number | null = null;
  const began = performance.now();
  for (let index = 0; index < SEQUENTIAL; index++) {
    outcomes.push(await request(client, index, texts));
    if (index === WARM) warm = memory();
  }
  const seconds = (performance.now() - began) / 1000;
  expect(countOf(outcomes)).toEqual(expectedOf(SEQUENTIAL));
  for (let burst = 0; burst < BURSTS; burst++) {
    const together = await Promise.all(Array.from({ length: CONCURRENT }, (_each, index) => request(client, index, texts)));
    expect(countOf(together)).toEqual(expectedOf(CONCURRENT));
  }
  const at = memory();
  console.log(
    `${SEQUENTIAL} requests in ${seconds.toFixed(1)} s; memory ${warm?.toFixed(0)} MB after ${WARM}, ${at?.toFixed(0)} MB at the end.`,
  );
  if (warm !== null && at !== null) expect(at - warm).toBeLessThan(SLACK_MB);
});

it('keeps nothing of a request', async () => {
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(TELL_HEAP)}`;
  const { command, address } = await startServer('cpu', { NODE_OPTIONS });
  await using _ = command;
  const heap = async () => {
    command.stderr = '';
    command.process.kill('SIGUSR2');
    return Number((await command.printed(/heap (\d+)\n/))[1]);
  };
  const ask = async (count: number) => {
    for (let index = 0; index < count; index++) expect((await (await fetch(`${address}/v1/models`)).json()).data).toHaveLength(1);
  };
  await ask(CHEAP / 5);
  const before = await heap();
  await ask(CHEAP);
  const each = ((await heap()) - before) / CHEAP;
  console.log(`${CHEAP} requests left ${each.toFixed(1)} bytes each.`);
  expect(each).toBeLessThan(BYTES_EACH);
});
