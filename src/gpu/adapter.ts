/** What a device is opened with where its adapter has it: what web-llm asks for (its detectGPUDevice, 0.2.86), and a clock. */
const FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query'];

/** Threads of the smallest subgroup that kernels can divide their work by. */
const LEAST_SUBGROUP = 4;

/** The features that a device of `adapter` is opened with. */
export function usableFeatures({ features, info }: Pick<GPUAdapter, 'features' | 'info'>): GPUFeatureName[] {
  const tooSmall = (info.subgroupMinSize ?? LEAST_SUBGROUP) < LEAST_SUBGROUP;
  return FEATURES.filter((feature) => features.has(feature) && !(feature === 'subgroups' && tooSmall));
}

/** The adapter that `request` gives for `options`, by default for the fast one; otherwise whichever it has. */
export async function findAdapter(
  request: GPU['requestAdapter'],
  options: GPURequestAdapterOptions = { powerPreference: 'high-performance' },
): Promise<GPUAdapter | null> {
  return (await request(options)) ?? (await request());
}

/** The features that models can have in this browser: none without WebGPU, or without an adapter. */
export async function featuresHere(): Promise<ReadonlySet<string>> {
  const adapter = await adapterHere();
  return new Set(adapter ? usableFeatures(adapter) : []);
}

/** The adapter that models run on here; null without WebGPU, or where it finds none. */
export async function adapterHere(): Promise<GPUAdapter | null> {
  const gpu: GPU | undefined = globalThis.navigator?.gpu;
  return gpu ? findAdapter(gpu.requestAdapter.bind(gpu)).catch(() => null) : null;
}
