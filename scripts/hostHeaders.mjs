import { workerPolicy } from './contentPolicy.mjs';
import { isolationOf } from './isolation.mjs';

/** Browser features that the page does not use, denied to it and to every frame in it. */
const DENIED = ['camera', 'microphone', 'geolocation', 'display-capture', 'midi', 'payment', 'serial', 'usb', 'hid'];

const EVERY_FILE = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': DENIED.map((feature) => `${feature}=()`).join(', '),
};

/** A page says the rest of its policy itself; this part of it is obeyed in a header only. */
const NOT_IN_FOREIGN_FRAMES = { 'Content-Security-Policy': "frame-ancestors 'self'" };

/**
 * The headers that a host should send with a file of the build (docs/hosting.md); how long it may be cached is another matter.
 *
 * @param {string} file its path in the build, or below the host's root
 * @returns {Record<string, string>}
 */
export function hostHeaders(file) {
  const name = file.split('/').at(-1) || 'index.html';
  const headers = { ...EVERY_FILE, ...isolationOf(name) };
  if (name === 'embed.html') return headers;
  if (name === 'embed.js') return { ...headers, 'Access-Control-Allow-Origin': '*' };
  if (name.endsWith('.html')) return { ...headers, ...NOT_IN_FOREIGN_FRAMES };
  if (name.endsWith('.js')) return { ...headers, 'Content-Security-Policy': workerPolicy() };
  return headers;
}

/**
 * Sends them when the build is served from here (`npm start`).
 *
 * @returns {import('vite').Plugin}
 */
export function sendHostHeaders() {
  return {
    name: 'host-headers',
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost');
        for (const [name, value] of Object.entries(hostHeaders(pathname))) response.setHeader(name, value);
        next();
      });
    },
  };
}
