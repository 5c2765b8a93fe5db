/** What the bench says of its runs: a summary, a table for the terminal and a chart. */
import { geometricMean, milliseconds } from './statistics.mjs';

const WAYS = ['stock', 'plain', 'speculative'];

/** Per kind and over all, of answers that are not too short; ratios and rates as geometric means over prompts. */
export function summarise(runs) {
  const groups = { 'over all': runs };
  for (const run of runs) groups[run.kind] = [...(groups[run.kind] ?? []), run];
  return Object.fromEntries(Object.entries(groups).map(([kind, all]) => [kind, summaryOf(all)]));
}

function summaryOf(all) {
  const group = all.filter(({ tooShort }) => !tooShort);
  return {
    prompts: all.length,
    tooShort: all.length - group.length,
    equal: all.filter((run) => run.equal).length,
    pastEnd: sum(group, 'pastEnd'),
    acceptedOverDrafted: sum(group, 'accepted') / sum(group, 'drafted'),
    acceptanceRate: sum(group, 'accepted') / (sum(group, 'accepted') + sum(group, 'rejected')),
    meanAcceptanceLength: geometricMean(group.map((run) => run.meanAcceptanceLength)),
    readbacksPerRound: group.reduce((total, run) => total + run.readbacks.speculative, 0) / sum(group, 'rounds'),
    tokensPerSecond: Object.fromEntries(WAYS.map((way) => [way, geometricMean(group.map((run) => run.tokensPerSecond[way].median))])),
    timeToFirstTokenMs: Object.fromEntries(WAYS.map((way) => [way, geometricMean(group.map((run) => run.timeToFirstTokenMs[way]))])),
    speedupOverStock: geometricMean(group.map((run) => run.speedupOverStock)),
    speedupOverPlain: geometricMean(group.map((run) => run.speedupOverPlain)),
    leastSpeedupOverPlain: Math.min(...group.map((run) => run.speedupOverPlain)),
    decodeSpeedup: geometricMean(group.map((run) => run.decodeSpeedup)),
    predictedSpeedup: geometricMean(group.map((run) => run.predictedSpeedup)),
    /** Share of the rounds' time that is neither drafting nor verifying by the device's clock. */
    restOfRounds: part(group, 'rest') / (part(group, 'draft') + part(group, 'verify') + part(group, 'rest')),
  };
}

const sum = (group, field) => group.reduce((total, run) => total + run[field], 0);
const part = (group, field) => group.reduce((total, run) => total + run.parts[field], 0);

export function printReport(report) {
  const { pair, drafts, machine, adapter, maxTokens, fixedLength, repetitions, gamma, temperature, rooflineMs } = report;
  const names = drafts.map(({ name }) => `"${name}"`).join(', ');
  console.log(
    `${machine.cpu}, ${machine.cores} cores, load ${machine.load.toFixed(1)} at the end, ${machine.browser}, ${adapter}; pair "${pair}", ${drafts.length > 1 ? 'drafts' : 'draft'} ${names}, γ ${gamma}, temperature ${temperature}, ${fixedLength ? `${maxTokens} tokens, also past the end` : `to the end of the answer, at most ${maxTokens} tokens`}, ${repetitions} interleaved repetitions`,
  );
  const megabytes = Math.max(...report.runs.map(({ memoryBytes }) => memoryBytes)) / 1e6;
  console.log(
    `ready ${(report.loadMs / 1000).toFixed(1)} s after the page asked for what is stored; ${megabytes.toFixed(0)} MB on the device; roofline ${rooflineMs ? listed(rooflineMs) : 'not measured'}`,
  );
  for (const draft of drafts) printDraft(draft, report.leastTokens);
}

function printDraft({ name, calibration, summary }, leastTokens) {
  const { decodeMs, draftMs, readbackMs, verifyMs } = calibration;
  console.log(
    `"${name}": decode ${milliseconds(decodeMs)}, draft step ${milliseconds(draftMs)}, bare readback ${milliseconds(readbackMs)}; verify by rows ${listed(verifyMs)}`,
  );
  console.table(
    Object.fromEntries(
      Object.entries(summary).map(([kind, row]) => [
        kind,
        {
          prompts: row.prompts,
          'too short': row.tooShort,
          'ids equal': row.equal,
          'accepted/drafted': figure(row.acceptedOverDrafted, 3),
          α: figure(row.acceptanceRate, 3),
          'tokens/pass': figure(row.meanAcceptanceLength, 2),
          'readbacks/round': figure(row.readbacksPerRound, 2),
          'stock t/s': figure(row.tokensPerSecond.stock, 1),
          'plain t/s': figure(row.tokensPerSecond.plain, 1),
          'speculative t/s': figure(row.tokensPerSecond.speculative, 1),
          'over stock': figure(row.speedupOverStock, 2),
          'over plain': figure(row.speedupOverPlain, 2),
          'least over plain': figure(row.leastSpeedupOverPlain, 2),
          'decoding over plain': figure(row.decodeSpeedup, 2),
          predicted: figure(row.predictedSpeedup, 2),
          'first token ms': WAYS.map((way) => figure(row.timeToFirstTokenMs[way], 0)).join(' / '),
        },
      ]),
    ),
  );
  const short = summary['over all'].tooShort;
  if (short > 0)
    console.log(
      `${short} of the answers ended before ${leastTokens} tokens: left out of rates and speeds, compared id for id all the same.`,
    );
}

/** A figure in so many decimals; a dash where nothing was counted. */
const figure = (value, decimals) => (Number.isFinite(value) ? value.toFixed(decimals) : '–');

/** Speedup of one draft over plain decoding and over stock, a row a prompt. */
export function chart({ runs: all, machine, adapter, gamma }, draft) {
  const runs = all.filter((run) => run.draft === draft);
  const [left, top, line, width] = [170, 56, 18, 520];
  const most = Math.max(2, ...runs.flatMap((run) => [run.speedupOverPlain, run.speedupOverStock]));
  const x = (ratio) => left + (ratio / most) * width;
  const height = top + runs.length * line + 40;
  const escaped = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const ticks = Array.from({ length: Math.floor(most * 2) + 1 }, (_, i) => i / 2);
  const rows = runs.map(({ id, speedupOverPlain, speedupOverStock }, i) => {
    const y = top + i * line;
    return `<text x="${left - 8}" y="${y + 12}" text-anchor="end">${escaped(id)}</text>
<rect x="${x(0)}" y="${y + 3}" width="${x(speedupOverPlain) - x(0)}" height="11" fill="#00775a"><title>${speedupOverPlain.toFixed(2)} over plain</title></rect>
<circle cx="${x(speedupOverStock)}" cy="${y + 8.5}" r="4" fill="none" stroke="#1c1b18" stroke-width="1.5"><title>${speedupOverStock.toFixed(2)} over stock</title></circle>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 30} ${height}" font-family="ui-sans-serif, system-ui, sans-serif" font-size="11" fill="#1c1b18">
<rect width="100%" height="100%" fill="#fbfaf6"/>
<text x="12" y="20" font-size="14" font-weight="600">Speedup by prompt: bars over plain decoding, rings over stock web-llm</text>
<text x="12" y="38" fill="#625e54">${escaped(`${machine.cpu}, ${adapter}; draft ${draft}, γ ${gamma}`)}</text>
${ticks.map((tick) => `<path d="M${x(tick)} ${top}V${height - 30}" stroke="${tick === 1 ? '#1c1b18' : '#e3dfd3'}"/><text x="${x(tick)}" y="${height - 14}" text-anchor="middle">${tick}</text>`).join('\n')}
${rows.join('\n')}
</svg>
`;
}

function listed(byRows) {
  return Object.entries(byRows)
    .map(([rows, ms]) => `${rows}: ${ms.toFixed(1)}`)
    .join(', ');
}
