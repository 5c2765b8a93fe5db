import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { writeGguf } from './gguf/file';
import { smallModel, type Types } from './gguf/model';

/** `shapeKey` of the small model of llama. */
const SMALL_SHAPE = 'llama-h256-f512-l2-q4-k2-d64-v288-t500000-e0.000001-tied';

/** The small model as a file of a person's own. */
export function smallFile(name: string, types: Types = { all: 'Q4_0' }): File {
  return new File([writeGguf(smallModel('llama', types))], name);
}

/** What a server answers that has libraries of the small model beside the page at `base`, and nothing else; it notes every address in `asked`. */
export function ownLibraries(base: string): { readonly asked: string[]; readonly answer: (url: string) => Promise<Response> } {
  const content = 'a compiled library';
  const library = (needs: string[], path: string) => ({
    needs,
    path,
    bytes: content.length,
    sha256: bytesToHex(sha256(utf8ToBytes(content))),
  });
  const index = [
    {
      ...{ shape: SMALL_SHAPE, name: 'small', context: 256, prefillChunk: 32 },
      libraries: [library(['subgroups'], 'small-subgroups.wasm'), library([], 'small.wasm')],
    },
  ];
  const asked: string[] = [];
  const folder = new URL('libraries/', base).href;
  const answer = async (url: string) => {
    asked.push(url);
    if (url === `${folder}index.json`) return Response.json(index);
    return url.startsWith(folder) ? new Response(content) : new Response('', { status: 404 });
  };
  return { asked, answer };
}
