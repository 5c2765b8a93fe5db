import mdx from '@mdx-js/rollup';
import remarkGfm from 'remark-gfm';
import type { Plugin } from 'vite';
import { remarkTerms } from '../src/lessons/remarkTerms.ts';

/** Compiles lessons (MDX, with tables) for Vite, with their terms marked. A lesson asked for with a query, such as `?raw`, is left to Vite. */
export function lessonsPlugin(): Plugin {
  const { transform, ...plugin } = mdx({ remarkPlugins: [remarkGfm, remarkTerms] });
  return {
    ...(plugin as Plugin),
    enforce: 'pre',
    async transform(code, id) {
      const compiled = id.includes('?') ? undefined : await transform(code, id);
      return compiled && { code: compiled.code ?? '', map: null };
    },
  };
}
