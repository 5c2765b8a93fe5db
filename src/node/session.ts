/** What both commands begin with: an engine, and the pair that was named. */
import fs from 'node:fs';
import path from 'node:path';
import { METHOD_NAMES, METHODS, type Method } from '../api/request';
import { KV_CACHES, withHalfCaches } from '../catalog/spec';
import { LIMITS } from '../core/types';
import type { Backend } from '../engine/tasks';
import { USUAL_THREADS } from '../model/cpu/wasm/thread';
import { type NodeEngine, openEngine, usualCacheFolder } from './engine';
import { DEVICES } from './gpu';
import { type ChosenPair, checkFiles, choosePair, pageLists } from './models';
import { number, type Option, oneOf, readNumber, text, type Values } from './options';
import { progressOn } from './progress';
import { usageError } from './usage';

const draftLength: Option<number | 'auto'> = {
  placeholder: 'N|auto',
  help: `most tokens of a draft, ${LIMITS.gamma.min} to ${LIMITS.gamma.max};\nauto (the default): in each round as many as should be fastest`,
  read([given], name) {
    return given === undefined || given === 'auto' ? 'auto' : readNumber(given, name, { whole: true, ...LIMITS.gamma });
  },
};

export const MODEL_OPTIONS = {
  target: text(
    'MODEL',
    'the model whose text you want: an id, an address or\nfolder with a manifest.json, or a .gguf file;\nby default the embedded target',
  ),
  draft: text(
    'MODEL|ngram|itself|none',
    'what drafts for it: a model, earlier words of the text,\nthe target itself, or nothing; by default the draft that\nbelongs to the target, else ngram',
  ),
  method: oneOf(METHOD_NAMES, undefined, 'by what drafts are made; mixed: ngram, else the model'),
  'num-speculative-tokens': draftLength,
  device: oneOf(DEVICES, 'auto', 'what computes; auto: the graphics card, else the faster\nof WebGPU in software and the CPU'),
  threads: number(
    'N',
    { whole: true, min: 1, max: 64 },
    undefined,
    `that compute on the CPU; by default ${USUAL_THREADS} where the\nmodel is large enough to gain by them, else 1`,
  ),
  'kv-cache': oneOf(
    KV_CACHES,
    'full',
    'keys and values in full (default) or half precision,\nwhich takes half the memory; half needs WebGPU',
  ),
  cache: text('FOLDER', 'where downloads and opened files are kept;\nby default ~/.cache/foretoken'),
};

export interface Session extends NodeEngine, Pick<ChosenPair, 'pair'> {
  /** What drafts unless a request says otherwise; null: nothing. */
  readonly drafting: 'model' | 'ngram' | 'mixed' | null;
  readonly gamma: number | 'auto';
}

/** What an option says that has no effect where the models run; null where each has one. */
export function idleOption({ threads }: Pick<Values<typeof MODEL_OPTIONS>, 'threads'>, backend: Backend): string | null {
  return threads === undefined || backend === 'cpu'
    ? null
    : '--threads has no effect: WebGPU computes, and threads compute on the CPU only.';
}

/** @throws FailureError command-invalid, or what keeps engine or models from being used; or the signal's reason */
export async function openSession(
  values: Values<typeof MODEL_OPTIONS>,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Session> {
  const pageFolder = findPage();
  const { device, threads, cache = usualCacheFolder() } = values;
  await checkFiles(values.target, values.draft, signal);
  const isHalf = values['kv-cache'] === 'half';
  const opened = await openEngine({ device, threads, cacheFolder: path.resolve(cache), pageFolder });
  if (opened.note) say(opened.note);
  const progress = progressOn(process.stderr);
  const { pair, drafting } = await choosePair(values.target, values.draft, {
    ...opened,
    lists: pageLists(pageFolder),
    halfCache: isHalf,
    report: progress.report,
    signal,
  }).finally(progress.end);
  return {
    ...opened,
    pair: isHalf ? withHalfCaches(pair) : pair,
    drafting: draftingBy(values.method, drafting),
    gamma: values['num-speculative-tokens'],
  };
}

/** @throws FailureError command-invalid where `method` needs what the pair has not */
function draftingBy(method: Method | undefined, chosen: ChosenPair['drafting']): Session['drafting'] {
  if (method === undefined) return chosen;
  const wanted = METHODS[method];
  if (chosen === null) throw usageError(`--method ${method} needs drafts, which --draft none rules out.`, 'Leave one of them out.');
  if (wanted !== 'ngram' && chosen !== 'model') throw usageError(`--method ${method} needs a model that drafts.`, 'Name one with --draft.');
  return wanted;
}

/** The folder of this program: the nearest one above that has its package.json. */
export const ROOT = findRoot(import.meta.dirname);

function findRoot(folder: string): string {
  const above = path.dirname(folder);
  return above === folder || fs.existsSync(path.join(folder, 'package.json')) ? folder : findRoot(above);
}

/** Where the models and libraries of the page lie: in a checkout before it was built into the page, else in the built page. */
function findPage(): string {
  const folders = ['public', 'dist'].map((name) => path.join(ROOT, name));
  return folders.find((folder) => fs.existsSync(path.join(folder, 'models/manifest.json'))) ?? ROOT;
}
