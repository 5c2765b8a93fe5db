/** What the WGSL of every roofline has in common (roofline.ts, grouped.ts). */
import type { Tile } from './roofline';

/** `line` for each number below `count`. */
export const each = (count: number, line: (i: number) => string) => Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** Bindings and the beginning of `main`: which columns (`quad`) and rows (`at0` and on) a thread has, and its sums (`acc0_0` and on), all 0. @param weights type of `w` */
export function opening({ rows, quads, threads, subgroups }: Tile, weights: string): string {
  return `${subgroups ? 'enable subgroups;' : ''}
@group(0) @binding(0) var<storage, read> x: array<${subgroups ? 'f32' : 'vec4<f32>'}>;
@group(0) @binding(1) var<storage, read> w: ${weights};
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(3) var<uniform> n: u32;
@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
  ${subgroups ? '@builtin(subgroup_invocation_id) place: u32,' : ''}
) {
  let quad = (group.x * ${threads}u + lane) * ${quads}u;
  ${each(rows, (r) => `let at${r} = min(group.y * ${rows}u + ${r}u, n - 1u); ${each(quads, (q) => `var acc${r}_${q} = vec4<f32>();`)}`)}`;
}

/** Adds four values of row `r` (`vR`) times four weights of each column (`w0` to `w3`) to `sum`. */
export const add = (sum: string, r: number) =>
  `${sum} = fma(vec4(v${r}.w), w3, fma(vec4(v${r}.z), w2, fma(vec4(v${r}.y), w1, fma(vec4(v${r}.x), w0, ${sum}))));`;
