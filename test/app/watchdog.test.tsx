import { expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { connectEngine, workerEngine } from '../../src/store/engine/connection';
import { useLoading } from '../../src/store/engine/loading';
import { useRun } from '../../src/store/run/run';
import { openPage, prompt, runButton, runToEnd, stopButton, tokenElements } from './support/openPage';

it('a worker that does not hear Stop is ended, the page says so and keeps what was written, and the next run loads the models again', async () => {
  await openPage();
  const workers: Worker[] = [];
  connectEngine(
    workerEngine(() => {
      const name = workers.length === 0 ? 'stuck' : 'sound';
      const worker = new Worker(new URL('./support/stuck.worker.ts', import.meta.url), { type: 'module', name });
      workers.push(worker);
      return worker;
    }),
  );
  await prompt().fill('A fox.');
  await runButton().click();
  await expect.poll(() => useRun.getState().events.filter(({ type }) => type === 'round').length).toBe(3);
  expect(Object.values(useLoading.getState().progress).map(({ phase }) => phase)).toContain('ready');
  await stopButton().click();
  const alert = page.getByRole('alert');
  await expect.element(alert).toHaveTextContent('The engine has not answered Stop for 10 seconds, so the page has ended it.');
  await expect.element(alert).toHaveTextContent('Run again: the models load again.');
  expect(tokenElements().length).toBeGreaterThan(0);
  expect(useRun.getState()).toMatchObject({ activity: 'idle', failure: { code: 'engine-lost' } });
  expect(useRun.getState().events.at(-1)).toMatchObject({ type: 'end', reason: 'failed', failure: { code: 'engine-lost' } });
  expect(useLoading.getState().progress).toEqual({});

  await runToEnd();
  await expect.element(alert).not.toBeInTheDocument();
  expect(workers).toHaveLength(2);
  expect(useRun.getState().events.filter(({ type }) => type === 'round').length).toBeGreaterThan(3);
  expect(Object.values(useLoading.getState().progress).map(({ phase }) => phase)).toContain('ready');
});
