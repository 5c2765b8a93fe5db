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
 * `library` with its cache in half precision; null where it has no such cache as ours, or touches it in a way that is not known here: a kernel that went on in
 * float32 would compute from what is no number of the model's.
 *
 * Each kernel lies behind its length, a little-endian 64-bit number, and keeps it: what is rewritten gets no longer once its lines are not indented.
 */
export function halveCache(library: Uint8Array): HalvedLibrary | null {
  // Each byte a character, so that places in the text are places in the file.
  const text = new TextDecoder('iso-8859-1').decode(library);
  const content = new Uint8Array(library);
  const view = new DataView(content.buffer);
  const elements = new Set<number>();
  const uses = new Set<Use>();
  let unseen = mentions(text);
  for (const { index } of text.matchAll(HEAD)) {
    const end = index + (index < 8 ? Infinity : Number(view.getBigUint64(index - 8, true)));
    if (end > text.length) return null;
    const kernel = text.slice(index, end);
    const declared = declaredCache(kernel);
    if (declared === null) continue;
    const halved = halveKernel(kernel, declared);
    if (halved === null) return null;
    const bytes = new TextEncoder().encode(halved.padEnd(kernel.length));
    if (bytes.length !== kernel.length) return null;
    content.set(bytes, index);
    elements.add(declared.elements);
    uses.add(declared.use);
    unseen -= mentions(kernel);
  }
  const [count, ...others] = elements;
  if (count === undefined || others.length > 0 || uses.size < 2 || unseen > 0) return null;
  return { content, askedBytes: count * FLOAT };
}

/** What a kernel does with the cache. */
type Use = 'read' | 'write';

interface DeclaredCache {
  /** Numbers in a layer's cache. */
  readonly elements: number;
  /** Kernels of ours read four numbers at a time, and write one. */
  readonly use: Use;
}

/** null for a kernel that declares no cache as ours do. */
function declaredCache(kernel: string): DeclaredCache | null {
  const [, quads, alone] = /\bcache_ptr : array<(?:vec4<f32>, (\d+)|f32, (\d+))>/.exec(kernel) ?? [];
  if (quads) return { elements: 4 * Number(quads), use: 'read' };
  return alone ? { elements: Number(alone), use: 'write' } : null;
}

function mentions(text: string): number {
  return text.match(/\bcache_ptr\b/g)?.length ?? 0;
}

const READ = /let (\w+) : i32 = (.+);\n( *\w+\[\w+\]) = cache_ptr\[\1>>2u\];/g;
/** The four components of one position, one after another. */
const WRITE = new RegExp([0, 1, 2, 3].map((i) => `cache_ptr\\[(.+)\\] = ${i === 0 ? '(\\w+)' : '\\2'}\\[${i}i\\];`).join('\\n *'), 'g');
/** How far components of one position lie apart, in keys and in values. */
const KEEP = new Map([
  [4, 'keep_key'],
  [1, 'keep_value'],
]);

/** `kernel` on a cache of as many halves as it had numbers; null where it is not written as ours are. */
function halveKernel(kernel: string, { elements, use }: DeclaredCache): string | null {
  const [of, functions, halved] =
    use === 'read'
      ? [`vec4<u32>, ${elements / 8}`, READING, kernel.replace(READ, readHalves)]
      : [`u32, ${elements / 2}`, WRITING, kernel.replace(WRITE, keepHalves)];
  const declared = halved.replace(/\bcache_ptr : array<[^;]+>;/, `cache_ptr : array<${of}>;`);
  const names = use === 'read' ? ['half_key', 'half_value'] : ['keep_key', 'keep_value'];
  // Only its declaration still names the cache.
  if (mentions(declared) !== 1 || !names.every((name) => declared.includes(`${name}(`))) return null;
  return `${declared.trimEnd().replace(/\n +/g, '\n')}\n${functions}`;
}

function readHalves(_: string, at: string, index: string, to: string): string {
  // What values are read by names their position, which `keys` holds.
  return `let ${at} : i32 = ${index};\n${to} = ${/\bkeys\[/.test(index) ? 'half_value' : 'half_key'}(${at});`;
}

/** `all` as it is where its four numbers do not lie as far apart as those of keys or of values. */
function keepHalves(all: string, first: string, from: string, second: string, third: string, fourth: string): string {
  const [base, start] = splitPlace(first);
  const steps = [second, third, fourth].map((place, i) => {
    const [before, number] = splitPlace(place);
    return before === base ? (number - start) / (i + 1) : Number.NaN;
  });
  const [step = Number.NaN] = steps;
  const name = KEEP.get(step);
  if (!name || !steps.every((each) => each === step)) return all;
  return `${name}(${first}, vec4<f32>(${from}[0i], ${from}[1i], ${from}[2i], ${from}[3i]));`;
}

/** A place as the sum of what varies and a number. */
function splitPlace(place: string): [varying: string, number: number] {
  const [, varying = place, sign = '', digits = ''] = /^(.*)([+-]) (\d+)i\)$/.exec(place) ?? [];
  return [varying, digits ? Number(sign + digits) : Number.NaN];
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
