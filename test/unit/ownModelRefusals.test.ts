import { describe, expect, it } from 'vitest';
import { findStored } from '../../src/catalog/storedModels';
import { requireFit } from '../../src/engine/fits';
import type { DeviceLimits } from '../../src/engine/ownPorts';
import { blobSource, openGguf } from '../../src/formats/gguf';
import type { BackendChoice } from '../../src/formats/settings';
import { memoryStorage } from '../../src/storage/memory';
import type { FileStorage } from '../../src/storage/port';
import { type Tensor, writeGguf } from '../support/gguf/file';
import { smallModel } from '../support/gguf/model';
import { refusalOf } from '../support/gguf/refusal';
import { GENEROUS, importer, modelsIn, serveLibraries, stored } from '../support/importer';
import { smallFile } from '../support/ownModels';

serveLibraries();

const CHAT = `{% for m in messages %}{{ '<|begin|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|begin|>assistant\n' }}{% endif %}`;

describe('a file that cannot become a model', () => {
  const spoiled = (change: (model: ReturnType<typeof smallModel>) => void) => {
    const model = smallModel('llama', { all: 'Q4_0' });
    change(model);
    return new File([writeGguf(model)], 'spoiled.gguf');
  };
  const infinite = ({ name, bytes, ...rest }: Tensor): Tensor => {
    const spoilt = bytes.slice();
    if (name === 'blk.1.ffn_down.weight') spoilt.set([0x00, 0x7c], 0);
    return { ...rest, name, bytes: spoilt };
  };

  it.each([
    { what: 'cut short', file: () => new File([smallFile('a').slice(0, 300_000)], 'a.gguf'), says: 'cut short', code: 'gguf-invalid' },
    {
      what: 'something else',
      file: () => new File(['{"pictures": []}'], 'a.gguf'),
      says: 'not those of a GGUF file',
      code: 'gguf-invalid',
    },
    { what: 'empty', file: () => new File([], 'a.gguf'), says: 'it is empty', code: 'gguf-invalid' },
    {
      what: 'of another tokenizer',
      file: () => spoiled(({ metadata }) => metadata.set('tokenizer.ggml.model', ['string', 'llama'])),
      says: 'SentencePiece',
      code: 'gguf-unsupported',
    },
    {
      what: 'of another shape',
      file: () => spoiled(({ metadata }) => metadata.set('llama.rope.freq_base', ['f32', 70000])),
      says: 'there is no library for a llama model of 2 layers',
      code: 'gguf-unsupported',
    },
    {
      what: 'with weights that are not finite',
      file: () => spoiled((model) => (model.tensors = model.tensors.map(infinite))),
      says: 'not a finite number',
      code: 'gguf-invalid',
    },
  ])('as it is $what, is refused in words, and nothing of it stays', async ({ file, says, code }) => {
    const { storage, open } = importer();
    await open([smallFile('before.gguf', { all: 'Q8_0' })]);
    const before = await stored(storage);
    const refused = await refusalOf(() => open([file()]));
    expect(refused.code).toBe(code);
    expect(refused.message).toContain(says);
    expect(refused.hint).not.toBe('');
    expect(await stored(storage)).toEqual(before);
  });

  it.each([
    {
      what: 'wide for the adapter',
      limits: { device: { ...GENEROUS, bindingBytes: 10_000 } },
      code: 'model-too-large',
      says: /one of its matrices takes \d+ kB, and the adapter reads 10 kB at a time/,
    },
    {
      what: 'large for the device',
      limits: { device: { ...GENEROUS, memoryBytes: 500_000 } },
      code: 'model-too-large',
      says: /"big" would take 1.\d+ MB of memory for weights and caches, and this device has 500 kB/,
    },
    {
      what: 'large for the storage',
      limits: { room: 20_000 },
      code: 'storage',
      says: /no room to keep "big": \d+ kB would be written, and the browser lets this page store 20 kB more/,
    },
  ])('as it is too $what, is refused before anything is written', async ({ limits, code, says }) => {
    const { storage, open } = importer(limits);
    const refused = await refusalOf(() => open([smallFile('big.gguf')]));
    expect(refused.code).toBe(code);
    expect(refused.message).toMatch(says);
    expect(refused.hint).toMatch(/^(Choose|Delete|Use) /);
    expect(await stored(storage)).toEqual([]);
  });

  it.each([
    {
      what: 'large for what WebAssembly addresses',
      change: { convertedBytes: 3.5e9 },
      code: 'model-too-large',
      says: /"big" would take 4\.\d GB .*, and without WebGPU a model has 4\.3 GB/,
    },
    {
      what: 'large for the memory of the machine',
      change: { convertedBytes: 1e9 },
      code: 'model-too-large',
      says: /"big" would take 2\.\d GB of memory for weights and caches, and this device has 2\.0 GB/,
    },
    {
      what: 'demanding, with a cache in half precision',
      change: { halfCache: true },
      code: 'feature-missing',
      says: /big is to keep its cache in half precision, which only WebGPU does/,
    },
  ])('as it is too $what, is refused where the CPU computes', async ({ change: { halfCache = false, ...bytes }, code, says }) => {
    const { shape, sizes } = await openGguf(blobSource(smallFile('big.gguf')));
    const wide = { ...shape, layers: 32, kvHeads: 8, headDim: 128 };
    const big = { name: 'big', shape: wide, sizes: { ...sizes, ...bytes }, context: 4096, halfCache, writeBytes: 0 };
    const check = (device: DeviceLimits | null, backend: BackendChoice) => requireFit([big], { device, memoryBytes: 2e9, backend }, null);
    for (const refused of [await refusalOf(async () => check(null, 'auto')), await refusalOf(async () => check(GENEROUS, 'cpu'))]) {
      expect(refused.code).toBe(code);
      expect(refused.message).toMatch(says);
    }
    expect(() => check(GENEROUS, 'auto')).not.toThrow();
    expect(() => check({ ...GENEROUS, software: true }, 'auto')).not.toThrow();
  });

  it('as only one of the two can run it that may compute, is kept where either may', async () => {
    const { shape, sizes } = await openGguf(blobSource(smallFile('wide.gguf')));
    const wide = { name: 'wide', shape, sizes, context: 128, halfCache: false, writeBytes: 0 };
    const narrow = { ...GENEROUS, bindingBytes: 10_000, software: true };
    const check = (backend: BackendChoice) => requireFit([wide], { device: narrow, memoryBytes: null, backend }, null);
    expect((await refusalOf(async () => check('webgpu'))).message).toContain('too large for this graphics adapter');
    for (const backend of ['auto', 'cpu'] as const) expect(() => check(backend)).not.toThrow();
  });

  it('as one of two, is named', async () => {
    const { open } = importer();
    const refused = await refusalOf(() => open([smallFile('good.gguf'), new File([smallFile('a').slice(0, 300_000)], 'cut.gguf')]));
    expect(refused.message).toMatch(/^The GGUF file "cut\.gguf" cannot be used: .*cut short/);
  });

  it('as it has another vocabulary than the one that it was opened with, is refused with that one', async () => {
    const { storage, open } = importer();
    const other = spoiled(({ metadata }) => {
      const [, tokens] = metadata.get('tokenizer.ggml.tokens') as readonly ['strings', string[]];
      metadata.set('tokenizer.ggml.tokens', ['strings', tokens.map((token) => (token === '<|im_start|>' ? '<|begin|>' : token))]);
      metadata.set('tokenizer.chat_template', ['string', CHAT]);
    });
    const refused = await refusalOf(() => open([smallFile('target.gguf', { all: 'Q8_0' }), other]));
    expect(refused.code).toBe('vocabulary-mismatch');
    expect(refused.message).toContain('"spoiled" and "target" do not share a vocabulary');
    expect(await stored(storage)).toEqual([]);
  });

  it('as it changes while it is read, is refused, and nothing of it stays', async () => {
    const { storage, open } = importer();
    const file = smallFile('a.gguf');
    const slice = file.slice.bind(file);
    let reads = 0;
    file.slice = (from = 0, to = file.size) => {
      reads++;
      return reads < 12 ? slice(from, to) : new Blob([new Uint8Array(to - from)]);
    };
    const refused = await refusalOf(() => open([file]));
    expect(refused.code).toBe('gguf-invalid');
    expect(refused.message).toContain('"a" was changed while it was read');
    expect(await stored(storage)).toEqual([]);
  });

  it('as the disk is full in the middle, leaves nothing, and what was kept works', async () => {
    const memory = memoryStorage();
    let puts = 0;
    let most = Number.POSITIVE_INFINITY;
    const storage: FileStorage = {
      async open(name) {
        const shelf = await memory.open(name);
        const put: typeof shelf.put = async (...file) => {
          if (++puts > most) throw new DOMException('full', 'QuotaExceededError');
          return shelf.put(...file);
        };
        return { ...shelf, put };
      },
    };
    const { open } = importer({ storage });
    await open([smallFile('before.gguf', { all: 'Q8_0' })]);
    const before = await stored(storage);
    // The configuration, the tokenizer, the weights, their list, and the list of the model; the libraries are there.
    const whole = puts - 2;
    expect(whole).toBe(5);
    for (let at = 0; at < whole; at++) {
      [puts, most] = [0, at];
      const refused = await refusalOf(() => open([smallFile('a.gguf')]));
      expect(refused).toMatchObject({ code: 'storage', message: expect.stringContaining('Nothing of it was kept') });
      most = Number.POSITIVE_INFINITY;
      expect(await stored(storage)).toEqual(before);
    }
  });

  it.each([0, 1, 5])('as it is cancelled after %i steps, leaves nothing', async (steps) => {
    const { storage, open } = importer();
    const controller = new AbortController();
    let seen = 0;
    const opening = open([smallFile('a.gguf')], controller.signal, () => {
      if (++seen > steps) controller.abort();
    });
    const refused = await refusalOf(() => opening);
    expect(refused).toMatchObject({ code: 'aborted', message: 'Opening the file was stopped.' });
    expect(await stored(storage)).toEqual([]);
  });

  it('of two that are opened at once, takes nothing from the other; the same file twice is one model', async () => {
    const { storage, open } = importer();
    const controller = new AbortController();
    const stopped = refusalOf(() => open([smallFile('a.gguf')], controller.signal, () => controller.abort()));
    await Promise.all([stopped, open([smallFile('b.gguf', { all: 'Q8_0' })]), open([smallFile('b.gguf', { all: 'Q8_0' })])]);
    expect(await stopped).toMatchObject({ code: 'aborted' });
    const [model, ...others] = await modelsIn(storage);
    expect([model?.name, others]).toEqual(['b', []]);
    expect(model && (await findStored(model, storage)).whole).toBe(true);
  });
});
