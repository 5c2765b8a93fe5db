import path from 'node:path';
import { resolveConfig } from 'vite';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

it('the build of the page, and those of its workers, do not tell how long their plugins take', async () => {
  const { build, worker } = await resolveConfig({ root, configFile: path.join(root, 'vite.config.ts') }, 'build');
  for (const { checks } of [build.rolldownOptions, worker.rolldownOptions]) expect(checks).toMatchObject({ bundlerTimings: false });
  // What the page's own configuration says stays.
  expect(Object.keys(build.rolldownOptions.input ?? {})).toContain('embed');
});
