import fs from 'node:fs';
import path from 'node:path';

/** Where `npm run models -- smollm2` and its like put models beside the page's own: folders of public/ of this form, each with its list. */
const FOLDER = /^models-[\w-]+$/;

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
    config: () => ({ define: { 'import.meta.env.FURTHER_LISTS': JSON.stringify(findLists(publicFolder)) } }),
  };
}

/** @param {string} folder @returns {string[]} paths below it */
export function findLists(folder) {
  const names = fs.readdirSync(folder).filter((name) => FOLDER.test(name) && fs.existsSync(path.join(folder, name, 'manifest.json')));
  return names.sort().map((name) => `${name}/manifest.json`);
}
