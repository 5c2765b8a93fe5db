import type { Calibration } from '../../core/cost/cost';
import type { Capabilities, UsedFeature, UsedLimit } from '../../gpu/capabilities';
import { formatBytes, formatCount, formatRatio } from '../format';

const features: Readonly<Record<UsedFeature, { readonly has: string; readonly lacks: string }>> = {
  'shader-f16': {
    has: 'models that compute in half precision run',
    lacks: 'models that compute in half precision do not run; those of this page compute in single precision',
  },
  subgroups: {
    has: 'kernels share what the threads of a group read',
    lacks: 'kernels without it run instead, which write the same text and may be slower',
  },
  'timestamp-query': {
    has: 'the device’s own clock tells drafting from verifying',
    lacks: 'only whole rounds are timed, so the parts of a round are not shown',
  },
};

const limits: Readonly<Record<UsedLimit, string>> = {
  maxBufferSize: 'the largest buffer',
  maxStorageBufferBindingSize:
    'the largest array that a kernel reads: a model with a larger one does not run, unless its library splits it',
  maxComputeWorkgroupStorageSize: 'memory that the threads of a group share',
};

/** What a readback is for plain decoding. */
function readback({ readbackMs }: Calibration, together: number): string {
  if (readbackMs === 0) return 'The models run on the CPU, where nothing is read back.';
  const follows =
    together > 1
      ? `plain decoding reads up to ${formatCount(together)} tokens back together, and speculation, which needs few readbacks, gains by that as well`
      : 'plain decoding reads every token back by itself';
  return readbackMs === null
    ? `A readback is shorter than this browser’s clock can tell: ${follows}.`
    : `A readback takes ${formatRatio(readbackMs)} ms: ${follows}.`;
}

export const capabilityWords = {
  heading: 'What this browser offers',
  copy: 'Copy the report',
  copied: 'Copied.',
  notCopied: 'The clipboard is not available; select the text and copy it.',
  /** What it has and what follows from that, a line each. @param costs of the chosen pair, and how many plain tokens are read back together with them */
  report: ({ agent, adapter, isolated, cores }: Capabilities, costs: Calibration | null, together: number): string[] => [
    `Browser: ${agent}`,
    ...(adapter === null
      ? ['WebGPU: missing, or without an adapter. Models run on the CPU.']
      : [
          `Adapter: ${adapter.name}.${adapter.software ? ' It computes on the CPU, in a graphics card’s place.' : ''}`,
          ...Object.entries(features).map(([name, { has, lacks }]) =>
            adapter.features[name as UsedFeature] ? `${name}: yes; ${has}.` : `${name}: no; ${lacks}.`,
          ),
          ...Object.entries(limits).map(([name, means]) => `${name}: ${formatBytes(adapter.limits[name as UsedLimit])}; ${means}.`),
        ]),
    costs === null ? 'A readback was not measured yet.' : readback(costs, together),
    `Isolated from other sites: ${isolated ? 'yes; clocks are finer, and threads can share memory' : 'no; clocks are coarser, and threads cannot share memory'}.`,
    ...(cores === null ? [] : [`Threads of the CPU: ${formatCount(cores)}.`]),
  ],
};
