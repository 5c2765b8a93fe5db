/** web-llm's module, which was bundled for browsers. */
const FILE = /@mlc-ai\/web-llm\/lib\/index\.js$/;

/** How each of its three parts that Emscripten made asks whether it runs in Node; it would then want modules that were left out of it. */
const ASKS_FOR_NODE =
  'ENVIRONMENT_IS_NODE=typeof process=="object"&&typeof process.versions=="object"&&typeof process.versions.node=="string"';
const PARTS = 3;

/**
 * Has web-llm run in Node as in a browser without a page: its WebAssembly is inside it, and all else is supplied (src/node/environment.ts).
 *
 * @returns {import('vite').Plugin}
 */
export function webLlmInNode() {
  return {
    name: 'web-llm-in-node',
    transform(code, id) {
      if (!FILE.test(id)) return null;
      const pieces = code.split(ASKS_FOR_NODE);
      if (pieces.length !== PARTS + 1)
        throw new Error(`web-llm asks ${pieces.length - 1} times whether it runs in Node, and not ${PARTS} times.`);
      return { code: pieces.join('ENVIRONMENT_IS_NODE=false'), map: null };
    },
  };
}
