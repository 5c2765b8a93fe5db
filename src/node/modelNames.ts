/** What --target and --draft may name. */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { usageError } from './usage';

export type ModelName =
  /** Of the catalogue beside the page. */
  | { readonly kind: 'id'; readonly id: string }
  /** Of the list at `url`; `id` is null where its first target is meant. */
  | { readonly kind: 'list'; readonly url: string; readonly id: string | null }
  | { readonly kind: 'gguf'; readonly path: string };

/** What --draft may say in place of a model. */
export const DRAFTS_WITHOUT_MODEL = ['ngram', 'itself', 'none'] as const;

export type DraftName = ModelName | { readonly kind: 'ngram' } | { readonly kind: 'itself' } | { readonly kind: 'none' };

const LIST = 'manifest.json';

/** @throws FailureError command-invalid where a file or folder is named that is not there */
export function readModelName(text: string): ModelName {
  if (/^(https?|file):\/\//i.test(text)) return listAt(text);
  if (/\.gguf$/i.test(text)) return ggufAt(text);
  const [, folder = text, id = null] = fs.existsSync(text) ? [] : (/^(.+)#([^#]+)$/.exec(text) ?? []);
  const list = [folder, path.join(folder, LIST)].find((file) => path.basename(file) === LIST && fs.existsSync(file));
  if (list) return { kind: 'list', url: pathToFileURL(path.resolve(list)).href, id };
  if (fs.statSync(folder, { throwIfNoEntry: false })?.isFile())
    throw usageError(`${folder} is no GGUF file and no list of models.`, 'Name a .gguf file, a folder with a list of models, or an id.');
  if (fs.existsSync(folder)) throw usageError(`${folder} holds no ${LIST}.`, 'Name a folder with a list of models, a GGUF file, or an id.');
  if (/[/\\]/.test(text)) throw usageError(`There is no file or folder ${text}.`, 'Check the path.');
  return { kind: 'id', id: text };
}

/** @throws FailureError command-invalid */
export function readDraftName(text: string): DraftName {
  const kind = DRAFTS_WITHOUT_MODEL.find((each) => each === text);
  return kind ? { kind } : readModelName(text);
}

function listAt(text: string): ModelName {
  if (!URL.canParse(text)) throw usageError(`${text} is not an address.`, 'Write it whole, as https://example.org/models/.');
  const url = new URL(text);
  if (/\.gguf$/i.test(url.pathname)) {
    throw usageError('A GGUF file cannot be used from an address.', 'Download it, and name the file.');
  }
  const id = decodeURIComponent(url.hash.slice(1)) || null;
  url.hash = '';
  if (!url.pathname.endsWith('.json')) url.pathname += `${url.pathname.endsWith('/') ? '' : '/'}${LIST}`;
  return { kind: 'list', url: url.href, id };
}

function ggufAt(text: string): ModelName {
  const found = fs.statSync(text, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw usageError(`${text} is a folder.`, 'Name the GGUF file in it.');
  if (!found?.isFile()) throw usageError(`There is no file ${text}.`, 'Check the path of the GGUF file.');
  return { kind: 'gguf', path: path.resolve(text) };
}
