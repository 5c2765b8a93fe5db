/**
 * Headers that isolate the page from other sites, which browsers ask for before threads may share memory and clocks be fine. The page loads nothing from elsewhere
 * but by `fetch`, which other hosts allow or not as before. A worker is started in an isolated page only if its script has the second header, too. `embed.html` goes
 * without, so that any page can frame it.
 *
 * @param {string} name of a file of the build, without folders
 * @returns {Record<string, string>}
 */
export function isolationOf(name) {
  const embedding = { 'Cross-Origin-Embedder-Policy': 'require-corp' };
  if (name.endsWith('.js') && name !== 'embed.js') return embedding;
  if (name.endsWith('.html') && name !== 'embed.html') return { ...embedding, 'Cross-Origin-Opener-Policy': 'same-origin' };
  return {};
}
