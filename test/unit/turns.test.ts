import { expect, it } from 'vitest';
import { Turns } from '../../src/engine/turns';

const ON = new AbortController().signal;

it('what nobody waits for is done behind the task that it comes from, and ended by the next one, which waits for its end', async () => {
  const turns = new Turns();
  const story: string[] = [];
  let begun = () => {};
  const idle = new Promise<void>((resolve) => {
    begun = resolve;
  });
  await turns.take(ON, async () => {
    turns.meanwhile(async (signal) => {
      story.push('idle');
      begun();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await Promise.resolve();
      story.push('ended');
    });
    story.push('load');
  });
  await idle;
  await turns.take(ON, async () => void story.push('run'));
  expect(story).toEqual(['load', 'idle', 'ended', 'run']);
});

it('nothing is done for nobody where a task waits already', async () => {
  const turns = new Turns();
  const story: string[] = [];
  const load = turns.take(ON, async () => {
    await Promise.resolve();
    turns.meanwhile(async () => void story.push('idle'));
  });
  const run = turns.take(ON, async () => void story.push('run'));
  await Promise.all([load, run]);
  await turns.take(ON, async () => void story.push('another'));
  expect(story).toEqual(['run', 'another']);
});

it('a task asked for before what nobody waits for has begun comes in its place', async () => {
  const turns = new Turns();
  const story: string[] = [];
  await turns.take(ON, async () => {
    turns.meanwhile(async () => void story.push('idle'));
    void turns.take(ON, async () => void story.push('run'));
  });
  await turns.take(ON, async () => undefined);
  expect(story).toEqual(['run']);
});

it('what fails while nobody waits is nobody’s failure', async () => {
  const turns = new Turns();
  await turns.take(ON, async () => turns.meanwhile(() => Promise.reject(new Error('lost'))));
  expect(await turns.take(ON, async () => 'run')).toBe('run');
});
