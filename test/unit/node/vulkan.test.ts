import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findSoftwareDriver, hasDriver } from '../../../src/node/vulkan';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vulkan-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** @returns its folder */
function write(...place: string[]): string {
  const file = path.join(folder, ...place);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, '{}');
  return path.dirname(file);
}

it('the driver of software is the first that is there', () => {
  const [one, two] = ['one', 'two'].map((name) => write(name, 'vk_swiftshader_icd.json')) as [string, string];
  expect(findSoftwareDriver(['/nowhere', two, one])).toBe(path.join(two, 'vk_swiftshader_icd.json'));
  expect(findSoftwareDriver(['/nowhere'])).toBeNull();
});

it.runIf(process.platform === 'linux')('a driver is found where the loader of Vulkan looks, and nowhere else', () => {
  const at = (name: string) => path.join(folder, name);
  const nowhere = { HOME: at('home'), XDG_CONFIG_DIRS: at('none'), XDG_DATA_DIRS: at('none') };
  write('home/.local/share/vulkan/explicit_layer.d/layer.json');
  write('home/.config/vulkan/icd.d/readme.txt');
  expect(hasDriver(nowhere, [])).toBe(false);
  for (const place of ['data/vulkan/icd.d/card.json', 'own/.local/share/vulkan/icd.d/card.json']) write(place);
  expect(hasDriver({ ...nowhere, XDG_DATA_DIRS: `${at('none')}:${at('data')}` }, [])).toBe(true);
  expect(hasDriver({ ...nowhere, HOME: at('own') }, [])).toBe(true);
  expect(hasDriver(nowhere, [at('data')])).toBe(true);
  expect(hasDriver({ ...nowhere, VK_DRIVER_FILES: '/opt/card.json' }, [])).toBe(true);
});
