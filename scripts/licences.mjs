import fs from 'node:fs';
import path from 'node:path';
import { root } from './install.mjs';

/** The file of the build that names what it contains of others, with the licence of each. */
export const LICENCES_FILE = 'licences.txt';

/**
 * Collects the packages whose code a build takes in, and writes their licences into it. A page is bundled in several steps: its worker first, then the
 * page itself, and its service worker last; `collect` belongs to each of them, `write` to the last alone.
 */
export function licences() {
  /** @type {Map<string, Package>} by folder */
  const found = new Map();
  return { collect: () => collect(found), write: () => write(found) };
}

/**
 * @typedef {{ name: string, version: string, licence: string, text: string }} Package
 * @typedef {{ name: string, version?: string, licence: string, copyright?: string, source: string, within: string[] }} Part of a file that
 * somebody else compiled (licences/prebuilt.json): of which package of npm, or of the model libraries
 */

/** @param {Map<string, Package>} found @returns {import('vite').Plugin} */
function collect(found) {
  return {
    name: 'collect-licences',
    apply: 'build',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
      for (const id of new Set(chunks.flatMap((chunk) => chunk.moduleIds))) {
        const folder = packageFolder(id);
        if (!folder) continue;
        if (!found.has(folder)) found.set(folder, readPackage(folder));
        requireKnownParts(found.get(folder).name, id);
      }
    },
  };
}

/** @param {Map<string, Package>} found @returns {import('vite').Plugin} */
function write(found) {
  return {
    name: 'write-licences',
    apply: 'build',
    writeBundle({ dir }) {
      fs.writeFileSync(path.join(dir, LICENCES_FILE), licencesDocument([...found.values()], readParts()));
    },
  };
}

/** The folder of the package that module `id` is from; undefined for the project's own. The bundler's helpers are the bundler's. */
function packageFolder(id) {
  const helper = /^\0(vite|rolldown)\//.exec(id)?.[1];
  if (helper) return path.join(root, 'node_modules', helper);
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replace(/^\0/, '').replaceAll('\\', '/'))?.[0];
}

/** @returns {Package} */
function readPackage(folder) {
  const { name, version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const texts = fs.readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)\b/i.test(file));
  // Where a package forgot it, somebody has looked it up.
  const known = texts.some((file) => !/^notice/i.test(file)) ? null : readParts().find((part) => part.name === name);
  if (!license || known === undefined) {
    throw new Error(`${name} comes without the text of its licence, and the build needs it for ${LICENCES_FILE}.`);
  }
  const own = texts.map((file) => fs.readFileSync(path.join(folder, file), 'utf8').trim());
  const text = [...(known ? [`Copyright ${known.copyright}`, licenceText(known.licence)] : []), ...own].join('\n\n');
  // Of the bundler only its helpers are in the page, and not what it contains itself.
  return { name, version, licence: license, text: text.split('# Licenses of bundled dependencies')[0] };
}

/** @returns {Part[]} */
export function readParts() {
  return JSON.parse(fs.readFileSync(path.join(root, 'licences/prebuilt.json'), 'utf8'));
}

/** Throws where the source map of a package's module `id` names a package that went into it and that licences/prebuilt.json does not know. */
function requireKnownParts(name, id) {
  if (!fs.existsSync(`${id}.map`)) return;
  const unknown = unknownParts(name, JSON.parse(fs.readFileSync(`${id}.map`, 'utf8')).sources, readParts());
  if (unknown.length > 0) {
    throw new Error(`${name} contains ${unknown.join(', ')}: licences/prebuilt.json must say under which licence.`);
  }
}

/**
 * Packages that `sources`, those of a source map of package `name`, are from, less those that `parts` knows to be within it.
 *
 * @param {string} name @param {readonly string[]} sources @param {readonly Part[]} parts @returns {string[]}
 */
function unknownParts(name, sources, parts) {
  const within = sources.map((source) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]);
  const known = parts.filter((part) => part.within.includes(name)).map((part) => part.name);
  return [...new Set(within)].filter((part) => part !== undefined && part !== name && !known.includes(part));
}

/** @param {readonly Package[]} packages @param {readonly Part[]} parts */
function licencesDocument(packages, parts) {
  const sorted = [...packages].sort((a, b) => (a.name < b.name ? -1 : 1));
  const titled = (title, text) => `${'-'.repeat(80)}\n${title}\n${'-'.repeat(80)}\n\n${text.trim()}\n`;
  const kinds = [...new Set(parts.flatMap((part) => part.licence.split(' WITH ')[0]))].filter((licence) => licence !== 'public domain');
  const exceptions = parts.map((part) => part.licence).filter((licence) => licence.includes(' WITH '));
  const places = [...new Set(parts.flatMap((part) => part.within))];
  return [
    fs.readFileSync(path.join(root, 'NOTICE'), 'utf8'),
    titled('Packages in the page', sorted.map((each) => `${each.name} ${each.version}: ${each.licence}`).join('\n')),
    ...places.map((place) =>
      titled(
        `Compiled into ${place}`,
        parts
          .filter((part) => part.within.includes(place))
          .map(describe)
          .join('\n'),
      ),
    ),
    ...sorted.map((each) => titled(`${each.name} ${each.version}`, each.text)),
    ...[...new Set([...kinds, ...exceptions])].sort().map((licence) => titled(licence, licenceText(licence))),
  ].join('\n');
}

/** @param {Part} part */
function describe({ name, version, licence, copyright, source }) {
  return `${[name, version].filter(Boolean).join(' ')}: ${licence}${copyright ? `, copyright ${copyright}` : ''}, ${source}`;
}

/** The text of a licence as SPDX names it. Throws where licences/ has none. */
function licenceText(licence) {
  return fs.readFileSync(path.join(root, licence === 'Apache-2.0' ? 'LICENSE' : `licences/${licence}.txt`), 'utf8');
}
