import fs from 'node:fs';
import path from 'node:path';
import { root } from '../scripts/install.mjs';

/** The options of a bench that say which models it measures, for parseArgs. */
export const MODEL_OPTIONS = { pair: { type: 'string' }, models: { type: 'string' } };

/** The folder of a pair beside the page, by its name. */
export function folderOf(pair) {
  return path.join(root, 'public', pair === 'embedded' ? 'models' : `models-${pair}`);
}

/**
 * Where the models are that a bench measures, and which: those beside the page by the name of their pair, or those of any folder.
 *
 * @param {{ pair?: string, models?: string }} options "embedded" is the pair that is shipped, and "smollm2" what npm run models -- smollm2 makes
 * @returns {{ pair: string, folder: string, target: string, drafts: string[] }} the first target of the folder, and its drafts, by their ids
 */
export function findModels({ pair = 'embedded', models }) {
  const folder = models ? path.resolve(models) : folderOf(pair);
  const manifest = path.join(folder, 'manifest.json');
  if (!fs.existsSync(manifest)) {
    throw new Error(
      models
        ? `${manifest} is missing. Name a folder of models with --models.`
        : `${folder} is missing. Choose --pair embedded, or make it: npm run models -- ${pair}.`,
    );
  }
  const { pair: only, pairs = [only] } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
  const [{ target, drafts }] = pairs;
  return { pair: models ?? pair, folder, target, drafts: drafts.map(({ id }) => id) };
}
