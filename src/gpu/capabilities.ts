import { adapterName, isSoftware, usableFeatures } from './adapter';

/** What a browser offers models. */
export interface Capabilities {
  readonly agent: string;
  /** null without WebGPU, or where it has no adapter. */
  readonly adapter: {
    readonly name: string;
    readonly software: boolean;
    /** Those that models and kernels may use, and whether it has them. */
    readonly features: Readonly<Record<UsedFeature, boolean>>;
    readonly limits: Readonly<Record<UsedLimit, number>>;
  } | null;
  readonly isolated: boolean;
  readonly cores: number | null;
}

export type UsedFeature = 'shader-f16' | 'subgroups' | 'timestamp-query';
/** Those that decide whether a model runs. */
export const USED_LIMITS = ['maxBufferSize', 'maxStorageBufferBindingSize', 'maxComputeWorkgroupStorageSize'] as const;
export type UsedLimit = (typeof USED_LIMITS)[number];

/** @param adapter what models run on; null without one @param scope the browser's */
export function capabilitiesOf(
  adapter: Pick<GPUAdapter, 'features' | 'info' | 'limits'> | null,
  scope: { readonly navigator?: Pick<Navigator, 'userAgent' | 'hardwareConcurrency'>; readonly crossOriginIsolated?: boolean },
): Capabilities {
  const agent = scope.navigator?.userAgent ?? '';
  const usable = new Set<string>(adapter ? usableFeatures(adapter) : []);
  const has = (feature: UsedFeature) => usable.has(feature);
  return {
    agent,
    adapter: adapter && {
      name: adapterName(adapter.info, agent),
      software: isSoftware(adapter.info),
      features: { 'shader-f16': has('shader-f16'), subgroups: has('subgroups'), 'timestamp-query': has('timestamp-query') },
      limits: Object.fromEntries(USED_LIMITS.map((name) => [name, adapter.limits[name]])) as Record<UsedLimit, number>,
    },
    isolated: scope.crossOriginIsolated ?? false,
    cores: scope.navigator?.hardwareConcurrency ?? null,
  };
}
