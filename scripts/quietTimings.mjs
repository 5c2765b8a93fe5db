/**
 * Builds do not tell how long their plugins take. Lessons and licences take the most, which nobody who builds or starts the page can change.
 *
 * @returns {import('vite').Plugin}
 */
export function quietTimings() {
  const rollupOptions = { checks: { bundlerTimings: false } };
  return { name: 'foretoken:quiet-timings', config: () => ({ build: { rollupOptions }, worker: { rollupOptions } }) };
}
