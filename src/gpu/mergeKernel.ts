/**
 * TVM's kernel that merges two parts of an attention (`merge_state_inplace`, relax/frontend/nn/llm/kv_cache.py) has a data race: each thread of a row reads the row's
 * log-sum-exp, and each writes the merged one there, so a thread that comes late reads what another has written. MLC's published libraries have it. Where all
 * threads of a row run in step, as on a wide GPU, nothing happens; elsewhere several tokens at once get wrong logits.
 */

/** The function's name, and its last statement: it writes where the first has read, a log-sum-exp. */
const RACE = /\bfn \w*merge_state\w*\([\s\S]*?\w+\[0\w*\] = (\w+)\[(.+)\];[\s\S]*?(\n *)(?=\1\[\2\] = \(?log2\()/;

/** `wgsl` with a barrier between the reads and the write of that race, once; unchanged where it does not have it. */
export function mendMergeKernel(wgsl: string): string {
  const found = RACE.exec(wgsl);
  const [all = '', , , indent = ''] = found ?? [];
  // The threads of a workgroup share rows, and no row is in two of them.
  return found && !/\b(storage|workgroup)Barrier\(/.test(all)
    ? `${wgsl.slice(0, found.index)}${all}storageBarrier();${indent}${wgsl.slice(found.index + all.length)}`
    : wgsl;
}

/** From now on `device` makes no shader with that race. */
export function mendShaders(device: GPUDevice): void {
  const make = device.createShaderModule.bind(device);
  Object.defineProperty(device, 'createShaderModule', {
    value: (descriptor: GPUShaderModuleDescriptor) => make({ ...descriptor, code: mendMergeKernel(descriptor.code) }),
  });
}
