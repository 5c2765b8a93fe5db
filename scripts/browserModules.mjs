/** How each part that Emscripten made asks whether it runs in Node; it would then want modules that were left out of it, or that a browser lacks. */
const ASKS_FOR_NODE =
  'ENVIRONMENT_IS_NODE=typeof process=="object"&&typeof process.versions=="object"&&typeof process.versions.node=="string"';

/** Of modules that were bundled for browsers: what stands there instead, as often as it must be found. */
const CHANGES = {
  '@mlc-ai/web-llm': [{ from: ASKS_FOR_NODE, to: 'ENVIRONMENT_IS_NODE=false', times: 3 }],
  '@mlc-ai/web-xgrammar': [
    { from: ASKS_FOR_NODE, to: 'ENVIRONMENT_IS_NODE=false', times: 1 },
    { from: "await import('module')", to: '{}', times: 1 },
    { from: "require('u' + 'rl').pathToFileURL(__filename).href", to: "''", times: 3 },
  ],
};

/**
 * Has web-llm, and its matcher of grammars alone, run everywhere as in a browser, in Node as in one without a page: their WebAssembly is inside them, and all else is supplied
 * (src/node/environment.ts).
 *
 * @returns {import('vite').Plugin}
 */
export function browserModules() {
  return {
    name: 'foretoken:browser-modules',
    transform(code, id) {
      const name = Object.keys(CHANGES).find((each) => id.endsWith(`/${each}/lib/index.js`));
      if (!name) return null;
      let changed = code;
      for (const { from, to, times } of CHANGES[name]) {
        const pieces = changed.split(from);
        if (pieces.length !== times + 1) throw new Error(`${name} has "${from}" ${pieces.length - 1} times, and not ${times} times.`);
        changed = pieces.join(to);
      }
      return { code: changed, map: null };
    },
  };
}
