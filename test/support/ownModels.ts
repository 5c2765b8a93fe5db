import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { makeDelta as MakeDelta } from './delta';
import { writeGguf } from './gguf/file';
import { smallModel, type Types } from './gguf/model';

/** `shapeKey` of the small model of llama. */
const SMALL_SHAPE = 'llama-h256-f512-l2-q4-k2-d64-v288-t500000-e0.000001-tied';

/** The small model as a file of a person's own. */
export function smallFile(name: string, types: Types = { all: 'Q4_0' }): File {
  return new File([writeGguf(smallModel('llama', types))], name);
}

/** What the server of the page at `base` answers that has libraries of the small model beside it, and nothing else. */
export interface LibraryServer {
  /** Every address that it was asked for. */
  readonly asked: string[];
  /** By their names. A test may change them. */
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  readonly answer: (url: string) => Promise<Response>;
}

/** @param makeDelta where the libraries are not there whole, but made of one of another model, "base.wasm" */
export function ownLibraries(base: string, makeDelta?: typeof MakeDelta): LibraryServer {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const listed = (path: string, content: Uint8Array<ArrayBuffer>) => {
    files.set(path, content);
    return { path, bytes: content.length, sha256: bytesToHex(sha256(content)) };
  };
  const whole = { needs: [], ...listed('base.wasm', bytesOf('the library of another model')) };
  const library = (needs: string[], path: string) => {
    const content = bytesOf(`a compiled library that needs ${needs.length} features`);
    const about = { needs, ...listed(path, content) };
    if (!makeDelta) return about;
    files.delete(path);
    const delta = makeDelta(bytesOf('the library of another model'), content);
    return { ...about, delta: { ...listed(`${path}.delta`, delta), base: whole.path } };
  };
  const common = { context: 256, prefillChunk: 32 };
  const small = [library(['subgroups'], 'small-subgroups.wasm'), library([], 'small.wasm')];
  const index = [
    { ...common, shape: 'llama-of-another', name: 'another', libraries: [whole] },
    { ...common, shape: SMALL_SHAPE, name: 'small', libraries: small },
  ];
  files.set('index.json', bytesOf(JSON.stringify(index)));
  const asked: string[] = [];
  const folder = new URL('libraries/', base).href;
  const answer = async (url: string) => {
    asked.push(url);
    const content = url.startsWith(folder) ? files.get(url.slice(folder.length)) : undefined;
    return content ? new Response(content) : new Response('', { status: 404 });
  };
  return { asked, files, answer };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(utf8ToBytes(text));
}
