import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { committedTokens } from '../../src/core/run/tally';
import { readTrace } from '../../src/formats/trace/trace';
import { useRun } from '../../src/store/run/run';
import { catchDownloads } from './support/downloads';
import { openPage, prompt, runToEnd } from './support/openPage';

describe('a run that is taken along', () => {
  it('is a table with a row a token, and a trace, each naming mode, draft, γ, device and versions', async () => {
    const downloads = catchDownloads();
    await openPage();
    await prompt().fill('A fox.');
    await page.getByLabelText('Most tokens').fill('20');
    await runToEnd();
    const { events } = useRun.getState();
    const region = page.getByRole('region', { name: 'Save or export' });
    await region.getByRole('button', { name: 'Save as a table (CSV)' }).click();
    await region.getByRole('button', { name: 'Save as a file' }).click();
    await expect.poll(() => downloads.map(({ name }) => name)).toEqual(['foretoken-run.csv', 'foretoken-a-fox.json']);
    const [csv, json] = downloads.map(({ text }) => text);
    const rows = csv?.trimEnd().split(/\r\n/) ?? [];
    expect(rows).toHaveLength(1 + events.flatMap((event) => (event.type === 'round' ? event.tokens : [])).length);
    for (const word of ['speculative', 'draft', ',4,', 'memory', '0.2.86']) expect(rows[1]).toContain(word);
    const document = JSON.parse(json ?? '');
    expect(document).toMatchObject({
      conditions: { mode: 'speculative', draft: 'draft', gamma: '4', device: 'memory' },
      exportedBy: { page: expect.stringMatching(/^\d/), webLlm: '0.2.86', models: expect.stringMatching(/^[0-9a-f]{16}$/) },
    });
    expect(committedTokens(readTrace(json ?? '').events)).toEqual(committedTokens(events));
  });
});
