import { createHash } from 'node:crypto';
import { vi } from 'vitest';
import { writeGguf } from './gguf/file';
import { smallModel, type Types } from './gguf/model';

/** `shapeKey` of the small model of llama. */
export const SMALL_SHAPE = 'llama-h256-f512-l2-q4-k2-d64-v288-t500000-e0.000001-tied';

/** The small model as a file of a person's own. */
export function smallFile(name: string, types: Types = { all: 'Q4_0' }): File {
  return new File([writeGguf(smallModel('llama', types))], name);
}

/** Serves libraries of the small model beside the page at `base`. @returns every address that is asked for, from now on */
export function serveOwnLibraries(base: string): string[] {
  const content = 'a compiled library';
  const sha256 = createHash('sha256').update(content).digest('hex');
  const library = (needs: string[], path: string) => ({ needs, path, bytes: content.length, sha256 });
  const index = [
    {
      ...{ shape: SMALL_SHAPE, name: 'small', context: 256, prefillChunk: 32 },
      libraries: [library(['subgroups'], 'small-subgroups.wasm'), library([], 'small.wasm')],
    },
  ];
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    if (url === `${base}libraries/index.json`) return Response.json(index);
    return url.startsWith(`${base}libraries/`) ? new Response(content) : new Response('', { status: 404 });
  });
  return asked;
}
