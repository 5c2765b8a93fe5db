/** What a device is opened with where its adapter has it: what web-llm asks for (its detectGPUDevice, 0.2.86), and a clock. */
const FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query'];

/** Threads of the smallest subgroup that kernels can divide their work by. */
const LEAST_SUBGROUP = 4;

/** The features that a device of `adapter` is opened with. */
export function usableFeatures({ features, info }: Pick<GPUAdapter, 'features' | 'info'>): GPUFeatureName[] {
  const tooSmall = (info.subgroupMinSize ?? LEAST_SUBGROUP) < LEAST_SUBGROUP;
  return FEATURES.filter((feature) => features.has(feature) && !(feature === 'subgroups' && tooSmall));
}

/** Names of what computes on the CPU in a graphics card's place. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/** Whether an adapter is known to compute on the CPU; not every browser tells. */
export function isSoftware({ isFallbackAdapter, vendor, architecture, device, description }: Partial<GPUAdapterInfo>): boolean {
  return isFallbackAdapter === true || SOFTWARE.test([vendor, architecture, device, description].join(' '));
}

/** Browsers by what their user agents have and the others' do not, the first that fits. */
const BROWSERS: readonly (readonly [name: string, sign: RegExp])[] = [
  ['Firefox', /Firefox|FxiOS/],
  ['Edge', /Edg/],
  ['Opera', /OPR/],
  ['Chrome', /Chrom(e|ium)|CriOS/],
  ['Safari', /Safari/],
];

/**
 * What an adapter is called, for display and export: by its own name; where it tells none, by what is known of it, as "Firefox, software".
 *
 * @param agent the browser's user agent; may be empty
 */
export function adapterName(info: Partial<GPUAdapterInfo>, agent: string): string {
  const own = [info.vendor, info.architecture, info.description].filter(Boolean).join(' ');
  if (own !== '') return own;
  const browser = BROWSERS.find(([, sign]) => sign.test(agent))?.[0] ?? 'this browser';
  return `${browser}, ${isSoftware(info) ? 'software' : 'an adapter without a name'}`;
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
  return featuresOf(await adapterHere());
}

/** The features that models can have on `adapter`; none without one. */
export function featuresOf(adapter: GPUAdapter | null): ReadonlySet<string> {
  return new Set(adapter ? usableFeatures(adapter) : []);
}

/** The adapter that models run on here; null without WebGPU, or where it finds none. */
export async function adapterHere(): Promise<GPUAdapter | null> {
  const gpu: GPU | undefined = globalThis.navigator?.gpu;
  return gpu ? findAdapter(gpu.requestAdapter.bind(gpu)).catch(() => null) : null;
}
