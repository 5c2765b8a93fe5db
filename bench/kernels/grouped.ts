/**
 * The roofline of weights in groups: the sums of the grouped library's kernels (training/library/grouped_products.py) over a matrix of one number of bits,
 * with nothing read from a header and nothing done besides.
 */
import type { Tile, Weights } from './roofline';
import { add, each, opening } from './shader';

/** Weights of a group, and their scale and offset as halves in one word. */
const GROUP = 32;
const SCALE_AND_OFFSET = 0xa4001400;

/** Words of codes, and of all. */
export function groupedWords({ inner, columns }: Weights, bits: 4 | 8): { codes: number; all: number } {
  const codes = (inner * columns * bits) / 32;
  return { codes, all: codes + (inner / GROUP) * columns };
}

export function packGrouped(weights: Weights, bits: 4 | 8): Uint32Array<ArrayBuffer> {
  const { codes, all } = groupedWords(weights, bits);
  const words = new Uint32Array(all);
  for (let i = 0; i < codes; i++) words[i] = Math.imul(i + 1, 2654435761);
  return words.fill(SCALE_AND_OFFSET, codes);
}

/** WGSL of y [n, columns] = x [n, inner] times the matrix that `packGrouped` makes. */
export function groupedSource({ inner, columns }: Weights, bits: 4 | 8, tile: Tile): string {
  const { rows, quads, subgroups } = tile;
  const [blocks, fours, steps] = [inner / 4, columns / 4, GROUP / 4];
  const { codes } = groupedWords({ inner, columns }, bits);
  const readRow = (r: number) =>
    subgroups
      ? `let own${r} = x[at${r} * ${inner}u + k * 4u + place % 4u];
      sum${r} += own${r};
      let small${r} = own${r} * pre;
      let v${r} = vec4(${each(4, (c) => `subgroupBroadcast(small${r}, ${c}u),`)});`
      : `let own${r} = x[at${r} * ${blocks}u + k];
      sum${r} += own${r};
      let v${r} = own${r} * pre;`;
  const total = (r: number) =>
    subgroups
      ? each(4, (c) => `${c === 0 ? `var total${r} =` : `total${r} +=`} subgroupBroadcast(sum${r}, ${c}u);`)
      : `let total${r} = ((sum${r}.x + sum${r}.y) + sum${r}.z) + sum${r}.w;`;
  const code = bits === 4 ? '(word >> vec4((k & 1u) * 4u)) & vec4(0x0f0f0f0fu)' : 'word';
  const byte = (place: number) =>
    place === 3 ? 'vec4<f32>(vec4<i32>(bytes >> vec4(24u)))' : `vec4<f32>(vec4<i32>(bytes & vec4(${0xff * 2 ** (8 * place)}u)))`;
  const half = (word: string) =>
    `bitcast<vec4<f32>>(bitcast<vec4<u32>>(bitcast<vec4<i32>>(${word}) >> vec4(3u)) & vec4(0x8fffe000u)) * 0x1p112f`;
  return `${opening(tile, 'array<vec4<u32>>')}
  let pre = ${subgroups ? 'select(select(1f, 0x1p-8f, place % 4u == 1u), 0x1p-16f, place % 4u == 2u)' : 'vec4(1f, 0x1p-8f, 0x1p-16f, 1f)'};
  for (var g = 0u; g < ${inner / GROUP}u; g++) {
    ${each(rows, (r) => `var sum${r} = ${subgroups ? '0f' : 'vec4<f32>()'}; ${each(quads, (q) => `var part${r}_${q} = vec4<f32>();`)}`)}
    for (var j = 0u; j < ${steps}u; j++) {
      let k = g * ${steps}u + j;
      ${each(rows, readRow)}
      ${each(
        quads,
        (q) => `{
        let word = w[(k / ${8 / bits}u) * ${fours}u + quad + ${q}u];
        let bytes = ${code};
        ${each(4, (place) => `let w${place} = ${byte(place)};`)}
        ${each(rows, (r) => add(`part${r}_${q}`, r))}
      }`,
      )}
    }
    ${each(rows, total)}
    ${each(
      quads,
      (q) => `let scaling${q} = w[${codes / 4}u + g * ${fours}u + quad + ${q}u];
      let scale${q} = ${half(`scaling${q} << vec4(16u)`)};
      let offset${q} = ${half(`scaling${q}`)};
      ${each(rows, (r) => `acc${r}_${q} = fma(part${r}_${q}, scale${q}, fma(vec4(total${r}), offset${q}, acc${r}_${q}));`)}`,
    )}
  }
  ${each(rows, (r) => each(quads, (q) => `y[at${r} * ${fours}u + quad + ${q}u] = acc${r}_${q};`))}
}`;
}
