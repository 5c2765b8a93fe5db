/**
 * Compares what each model of a folder computes in the browser with what is expected of it (training/families.py writes both): the last row of a
 * prefill, single tokens, several rows, and several rows where other tokens were rolled back; and, to the bit, all of them with one another.
 *
 *   npm run bench:families -- [--models build/families] [--tolerance 1e-4]
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages } from '../scripts/install.mjs';
import { failClearly } from '../scripts/options.mjs';
import { floats } from './logits/compare.mjs';

// Of a verification: of one row to as many as 16 drafts make, around the sizes of tiles.
const ROWS = [1, 2, 5, 6, 9, 10, 17];

await failClearly(async () => {
  const { values } = parseArgs({
    options: { models: { type: 'string', default: 'build/families' }, tolerance: { type: 'string', default: '1e-4' } },
  });
  const folder = path.resolve(values.models);
  if (!fs.existsSync(path.join(folder, 'manifest.json'))) {
    throw new Error(`${folder} holds no models. Make them: npm run models -- families.`);
  }
  ensurePackages();
  const { openBenchPage } = await import('./browser.mjs');
  const { call, name: browser, close } = await openBenchPage('bench/logits/index.html', 'logits', { models: folder });
  const { models } = JSON.parse(fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
  const report = {};
  try {
    for (const [id, { path: name }] of Object.entries(models)) {
      const { adapter, ms } = await call('load', id);
      report[id] = { ...(await compare(call, folder, name)), 'ready, s': Number((ms / 1000).toFixed(1)) };
      console.error(`${id}, ${browser}, ${adapter}`);
    }
  } finally {
    await close();
  }
  console.table(report);
  const off = Object.entries(report).filter(([, each]) => !(each.largest <= Number(values.tolerance)) || each['other bits'] > 0);
  if (off.length > 0)
    throw new Error(`Beyond ${values.tolerance}, or not the same for every number of rows: ${off.map(([id]) => id).join(', ')}`);
});

/** The largest differences from the expected logits by kind of forward, and how many forwards gave other bits than single tokens do. */
async function compare(call, folder, name) {
  const { ids, vocabulary, logits, single: singly } = JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), 'utf8'));
  const expected = floats(fs.readFileSync(path.join(folder, logits)));
  const worst = { prefill: 0, decode: 0, verify: 0 };
  let others = 0;
  const start = 24;
  const rowsOf = async (kind, at, promise) => {
    const values = floats(Buffer.from(await promise, 'base64'));
    for (let i = 0; i < values.length; i++) {
      worst[kind] = Math.max(worst[kind], Math.abs(values[i] - expected[at * vocabulary + i]));
      if (Number.isNaN(values[i])) worst[kind] = Number.NaN;
    }
    return values;
  };
  const same = (a, b) => {
    if (Buffer.compare(Buffer.from(a.buffer, a.byteOffset, a.byteLength), Buffer.from(b.buffer, b.byteOffset, b.byteLength)) !== 0)
      others++;
  };
  if (singly) {
    await rowsOf('prefill', 0, call('prefill', ids.slice(0, 1)));
    for (let at = 1; at < ids.length; at++) await rowsOf('decode', at, call('append', [ids[at]]));
    return { ...worst, largest: Math.max(...Object.values(worst)), 'other bits': others };
  }
  await rowsOf('prefill', start - 1, call('prefill', ids.slice(0, start)));
  const single = [];
  for (let at = start; at < ids.length; at++) single[at] = await rowsOf('decode', at, call('append', [ids[at]]));
  for (const rows of ROWS) {
    await call('truncate', start);
    // Drafts that are wrong from the second on, and are rolled back.
    await call('append', [ids[start], ...ids.slice(start + 1, start + rows).map((id) => (id + 1) % vocabulary)]);
    await call('truncate', start + 1);
    const at = start + 1;
    const values = await rowsOf('verify', at, call('append', ids.slice(at, at + rows)));
    for (let row = 0; row < rows; row++) same(values.subarray(row * vocabulary, (row + 1) * vocabulary), single[at + row]);
  }
  same(await rowsOf('prefill', ids.length - 1, call('prefill', ids)), single[ids.length - 1]);
  return { ...worst, largest: Math.max(...Object.values(worst)), 'other bits': others };
}
