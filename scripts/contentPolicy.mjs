import { createHash } from 'node:crypto';
import path from 'node:path';

/** Where a page without models fetches files from. */
const OWN = ["'self'", 'blob:'];

/**
 * Where the page with its workers fetches files from. A person names hosts of models: a hub, which sends on to stores of other names, a mirror in a room without
 * internet, any other address. They cannot be listed here; what may run is listed all the same, so nobody else's script can use this. A browser refuses `http:` to
 * a page of https.
 */
const CONNECT = [...OWN, 'https:', 'http:'];

/**
 * What the built page may load and run: its own files, and pictures that it makes itself. No script that a link, a file or a text brought
 * along can run.
 */
const POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'self'"],
  'worker-src': ["'self'"],
  'frame-src': ["'self'"],
  'manifest-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'object-src': ["'none'"],
};

/** The same of a worker, which compiles WebAssembly besides. A worker obeys the headers of its own script alone, so a host has to send this one. */
const WORKER_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'connect-src': CONNECT,
};

export const workerPolicy = () => spell(WORKER_POLICY);

/**
 * Writes the policy into every page of the build; while the page is served for development Vite needs scripts of its own in it.
 *
 * @returns {import('vite').Plugin}
 */
export function contentPolicy() {
  return {
    name: 'content-policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      // First in the head: it holds from where it stands.
      handler: (html, { filename }) => [
        {
          tag: 'meta',
          attrs: {
            'http-equiv': 'Content-Security-Policy',
            content: policyOf(html, path.basename(filename) === 'index.html' ? CONNECT : OWN),
          },
          injectTo: 'head-prepend',
        },
      ],
    },
  };
}

/** The policy of a page whose own inline scripts, and no others, may run. @param {string} html @param {readonly string[]} connect */
function policyOf(html, connect) {
  const inline = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, code = '']) => {
    return `'sha256-${createHash('sha256').update(code).digest('base64')}'`;
  });
  return spell({ ...POLICY, 'connect-src': connect, 'script-src': [...POLICY['script-src'], ...inline] });
}

/** @param {Readonly<Record<string, readonly string[]>>} policy */
function spell(policy) {
  return Object.entries(policy)
    .map(([directive, allowed]) => `${directive} ${allowed.join(' ')}`)
    .join('; ');
}
