import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { afterEach, describe, expect, it } from 'vitest';
import { LICENCES_FILE, licences, readParts } from '../../scripts/licences.mjs';

const root = path.resolve(import.meta.dirname, '../..');
let folder = '';
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Builds a script that imports a package with these files, and returns what was written about its licence. */
async function buildWith(files: Readonly<Record<string, string>>): Promise<string> {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'licences-')));
  const home = path.join(folder, 'node_modules/thing');
  fs.mkdirSync(home, { recursive: true });
  fs.writeFileSync(path.join(folder, 'entry.js'), "import { value } from 'thing'; console.log(value);");
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(home, name), text);
  const { collect, write } = licences();
  await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    plugins: [collect(), write()],
    build: { outDir: 'out', rollupOptions: { input: path.join(folder, 'entry.js') } },
  });
  return fs.readFileSync(path.join(folder, 'out', LICENCES_FILE), 'utf8');
}

const THING = {
  'package.json': JSON.stringify({ name: 'thing', version: '1.2.3', license: 'ISC', main: 'index.js', type: 'module' }),
  'index.js': 'export const value = globalThis.location;',
  LICENSE: 'Use it as you like.',
};

describe('a build', () => {
  it('names each package that went into it, with the text of its licence and its notice', async () => {
    const written = await buildWith({ ...THING, NOTICE: 'Made by somebody.' });
    expect(written).toContain('thing 1.2.3: ISC');
    expect(written).toContain('Use it as you like.');
    expect(written).toContain('Made by somebody.');
    expect(written).toContain(fs.readFileSync(path.join(root, 'NOTICE'), 'utf8'));
  });

  it('fails where a package has no licence, or comes without its text', async () => {
    const { LICENSE, ...textless } = THING;
    await expect(buildWith(textless)).rejects.toThrow('thing comes without the text of its licence');
    const unnamed = { ...THING, 'package.json': THING['package.json'].replace('"license":"ISC",', '') };
    await expect(buildWith(unnamed)).rejects.toThrow('thing comes without the text of its licence');
  });

  it('has the text that was looked up for a package that comes without', async () => {
    const { LICENSE, ...textless } = THING;
    const matcher = textless['package.json'].replace('"name":"thing"', '"name":"@mlc-ai/web-xgrammar"').replace('ISC', 'Apache-2.0');
    const written = await buildWith({ ...textless, 'package.json': matcher });
    expect(written).toContain('@mlc-ai/web-xgrammar 1.2.3\n');
    expect(written).toContain('Copyright 2024 by Contributors');
    expect(written).toContain(fs.readFileSync(path.join(root, 'LICENSE'), 'utf8').trim());
  });

  it('fails where a package was bundled from others that nobody has listed', async () => {
    const map = JSON.stringify({ version: 3, sources: ['../src/a.ts', '../node_modules/@scope/inner/lib.js'], names: [], mappings: '' });
    await expect(buildWith({ ...THING, 'index.js.map': map })).rejects.toThrow('thing contains @scope/inner');
  });
});

describe('what came compiled', () => {
  const named = (within: string) => readParts().filter((part) => part.within.includes(within));

  it('in web-llm: each crate that its binaries name is listed, in its version, and so is each third party of sentencepiece', () => {
    const code = fs.readFileSync(path.join(root, 'node_modules/@mlc-ai/web-llm/lib/index.js'), 'utf8');
    // "\0asm" in base64.
    const binaries = [...code.matchAll(/AGFzbQE[\w+/=]+/g)].map(([text]) => Buffer.from(text, 'base64').toString('latin1'));
    const found = (pattern: RegExp) => new Set(binaries.flatMap((binary) => [...binary.matchAll(pattern)].map(([, name = '']) => name)));
    const crates = found(/registry\/src\/[^/]+\/([\w.+-]+-\d+\.\d+\.\d+)\//g);
    expect(crates.size).toBeGreaterThan(20);
    const listed = named('@mlc-ai/web-tokenizers');
    const versions = listed.map(({ name, version }) => `${name}-${version}`);
    expect([...crates].filter((crate) => !versions.includes(crate))).toEqual([]);
    const parties = found(/third_party\/([\w-]+)\//g);
    expect(parties.size).toBeGreaterThan(1);
    expect([...parties].filter((party) => !listed.some(({ name }) => name === party))).toEqual([]);
    expect(binaries.some((binary) => binary.includes('picojson'))).toBe(true);
    expect(named('@mlc-ai/web-xgrammar').map(({ name }) => name)).toContain('picojson');
  });

  it('in the model libraries: each third party that they name is listed', () => {
    const libraries = path.join(root, 'public/models/libraries');
    const binaries = fs.readdirSync(libraries).map((file) => fs.readFileSync(path.join(libraries, file), 'latin1'));
    const parties = new Set(binaries.flatMap((binary) => [...binary.matchAll(/3rdparty\/([\w-]+)\//g)].map(([, name]) => name)));
    expect(parties.size).toBeGreaterThan(0);
    const listed = named('model libraries').map(({ name }) => name);
    expect([...parties].filter((party) => !listed.includes(party ?? ''))).toEqual([]);
  });

  it('has a licence whose text is there', () => {
    for (const { name, licence } of readParts()) {
      for (const part of licence === 'public domain' ? [] : [licence, licence.split(' WITH ')[0]]) {
        const file = part === 'Apache-2.0' ? 'LICENSE' : `licences/${part}.txt`;
        expect(fs.existsSync(path.join(root, file)), `${name}: ${licence}`).toBe(true);
      }
    }
  });
});
