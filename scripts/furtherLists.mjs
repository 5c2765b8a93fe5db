import fs from 'node:fs';
import path from 'node:path';

/** Where `npm run models -- smollm2` and its like put models beside the page's own: folders of public/ of this form, each with its list. */
export const FURTHER_FOLDER = /^models-[\w-]+$/;

/** By this name the page reads which lists there are. */
export const FURTHER_LISTS = 'import.meta.env.FURTHER_LISTS';

/**
 * Tells the page which lists of models lie beside its own (`import.meta.env.FURTHER_LISTS`, relative to the page), so that it asks for none that is
 * not there.
 *
 * @param {string} publicFolder what the page is served with
 * @returns {import('vite').Plugin}
 */
export function furtherLists(publicFolder) {
  return {
    name: 'further-lists',
    config: ({ define = {} }) => ({ define: { [FURTHER_LISTS]: define[FURTHER_LISTS] ?? JSON.stringify(findLists(publicFolder)) } }),
  };
}

/** @param {string} folder @returns {string[]} paths below it */
export function findLists(folder) {
  const names = fs
    .readdirSync(folder)
    .filter((name) => FURTHER_FOLDER.test(name) && fs.existsSync(path.join(folder, name, 'manifest.json')));
  return names.sort().map((name) => `${name}/manifest.json`);
}
