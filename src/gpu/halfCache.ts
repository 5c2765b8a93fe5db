/**
 * The cache of a library of ours in half precision: its kernels are rewritten before they are compiled, and each layer's buffer is half as large. Two float16 share a word, packed
 * and unpacked by functions that every WebGPU has, so no adapter needs shader-f16. `training/library/attention.py` says the layout in float32: keys
 * [context / 4, dim, 4] and values [context, dim] of each head. In half precision a word of keys has components d and d + 1 of one position, and a word of values
 * components d and d + 1: both of what one thread writes, so no two threads write one word. Eight numbers that lie side by side in float32 become the same four words.
 *
 * A number is rounded where it enters the cache, by the same operations for any number of rows, and every sum keeps its order. So a row has the same bits
 * whatever other rows a pass has, as with the whole cache.
 */

/** A library with such a cache. */
export interface HalvedLibrary {
  readonly content: Uint8Array<ArrayBuffer>;
  /** Of one layer's cache as the library asks for it, twice what its kernels touch. */
  readonly askedBytes: number;
}

// A kernel's first two lines; one that uses subgroups asks for them in the first.
const HEAD = /(?:\/\/-{40}|enable subgroups;)\n\/\/ Function: \w+\n/g;
const FLOAT = 4;

/**
 * `library` with its cache in half precision; null where it has no such cache as ours.
 *
 * Each kernel lies behind its length, a little-endian 64-bit number, and keeps it: what is rewritten gets no longer once its lines are not indented.
 */
export function halveCache(library: Uint8Array): HalvedLibrary | null {
  // Each byte a character, so that places in the text are places in the file.
  const text = new TextDecoder('iso-8859-1').decode(library);
  const content = new Uint8Array(library);
  const view = new DataView(content.buffer);
  const elements = new Set<number>();
  for (const { index } of text.matchAll(HEAD)) {
    const end = index + (index < 8 ? Infinity : Number(view.getBigUint64(index - 8, true)));
    if (end > text.length) return null;
    const kernel = text.slice(index, end);
    const known = elementsOf(kernel);
    if (known === null) continue;
    elements.add(known);
    const halved = halveKernel(kernel, known);
    if (halved === null) return null;
    const bytes = new TextEncoder().encode(halved.padEnd(kernel.length));
    if (bytes.length !== kernel.length) return null;
    content.set(bytes, index);
  }
  const [count, ...others] = elements;
  return count === undefined || others.length > 0 ? null : { content, askedBytes: count * FLOAT };
}

/** Numbers in a layer's cache; null for a kernel without one. */
function elementsOf(kernel: string): number | null {
  const [, quads, alone] = /\bcache_ptr : array<(?:vec4<f32>, (\d+)|f32, (\d+))>/.exec(kernel) ?? [];
  return quads ? Number(quads) * 4 : alone ? Number(alone) : null;
}

const READ = /let (\w+) : i32 = (.+);\n( *\w+\[\w+\]) = cache_ptr\[\1>>2u\];/g;
/** The four components of one position, one after another. */
const WRITE = new RegExp([0, 1, 2, 3].map((i) => `cache_ptr\\[(.+)\\] = ${i === 0 ? '(\\w+)' : '\\2'}\\[${i}i\\];`).join('\\n *'), 'g');

/** `kernel` on a cache of as many halves as it had numbers, `elements`; null where it is not written as ours are. */
function halveKernel(kernel: string, elements: number): string | null {
  const declared = kernel
    .replace(/\bcache_ptr : array<vec4<f32>, \d+>/, `cache_ptr : array<vec4<u32>, ${elements / 8}>`)
    .replace(/\bcache_ptr : array<f32, \d+>/, `cache_ptr : array<u32, ${elements / 2}>`)
    // What values are read by names their position, which `keys` holds.
    .replace(
      READ,
      (_, at, index, to) => `let ${at} : i32 = ${index};\n${to} = ${/\bkeys\[/.test(index) ? 'half_value' : 'half_key'}(${at});`,
    )
    .replace(WRITE, (_, first, from, second) => {
      const name = { 4: 'keep_key', 1: 'keep_value' }[lastNumber(second) - lastNumber(first)] ?? 'cache_ptr[]';
      return `${name}(${first}, vec4<f32>(${from}[0i], ${from}[1i], ${from}[2i], ${from}[3i]));`;
    });
  if (/\bcache_ptr\[/.test(declared)) return null;
  return `${declared.trimEnd().replace(/\n +/g, '\n')}\n${declared.includes('keep_key(') ? WRITING : READING}`;
}

/** That ends `index`, with its sign. */
function lastNumber(index: string): number {
  const [, sign, digits] = /([+-]) (\d+)i\)$/.exec(index) ?? [];
  return Number(`${sign === '-' ? '-' : ''}${digits}`);
}

/** `e`: where four numbers would begin in float32. */
const READING = `fn half_key(e : i32) -> vec4<f32> {
let w = cache_ptr[e>>3u] >> vec4<u32>(u32(e & 4i) * 4u);
return vec4<f32>(unpack2x16float(w.x).x, unpack2x16float(w.y).x, unpack2x16float(w.z).x, unpack2x16float(w.w).x);
}
fn half_value(e : i32) -> vec4<f32> {
let w = cache_ptr[e>>3u];
let h = select(w.xy, w.zw, (e & 4i) != 0i);
return vec4<f32>(unpack2x16float(h.x), unpack2x16float(h.y));
}
`;

/** What a float16 cannot hold becomes the largest that it can. */
const WRITING = `fn halves(v : vec2<f32>) -> u32 {
return pack2x16float(clamp(v, vec2<f32>(-65504f), vec2<f32>(65504f)));
}
fn keep_key(e : i32, v : vec4<f32>) {
let at = (e>>3u) * 4i + (e & 3i);
cache_ptr[at] = halves(v.xy);
cache_ptr[at + 4i] = halves(v.zw);
}
fn keep_value(e : i32, v : vec4<f32>) {
let at = e>>1u;
cache_ptr[at] = halves(v.xy);
cache_ptr[at + 1i] = halves(v.zw);
}
`;
