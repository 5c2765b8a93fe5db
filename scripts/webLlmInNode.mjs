/** Modules that were bundled for browsers, and how many of their parts Emscripten made. */
const PARTS = { '@mlc-ai/web-llm': 3, '@mlc-ai/web-xgrammar': 1 };

/** How each of those parts asks whether it runs in Node; it would then want modules that were left out of it. */
const ASKS_FOR_NODE =
  'ENVIRONMENT_IS_NODE=typeof process=="object"&&typeof process.versions=="object"&&typeof process.versions.node=="string"';

/**
 * Has web-llm, and its matcher of grammars alone, run in Node as in a browser without a page: its WebAssembly is inside it, and all else is supplied (src/node/environment.ts).
 *
 * @returns {import('vite').Plugin}
 */
export function webLlmInNode() {
  return {
    name: 'web-llm-in-node',
    transform(code, id) {
      const name = Object.keys(PARTS).find((each) => id.endsWith(`/${each}/lib/index.js`));
      if (!name) return null;
      const pieces = code.split(ASKS_FOR_NODE);
      if (pieces.length !== PARTS[name] + 1)
        throw new Error(`${name} asks ${pieces.length - 1} times whether it runs in Node, and not ${PARTS[name]} times.`);
      return { code: pieces.join('ENVIRONMENT_IS_NODE=false'), map: null };
    },
  };
}
