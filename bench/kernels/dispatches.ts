/** A dispatch that was seen, to be encoded again. */
export interface RecordedDispatch {
  readonly kernel: string;
  replay(encoder: GPUCommandEncoder): void;
}

interface PassState {
  readonly pipeline?: GPUComputePipeline;
  readonly group?: GPUBindGroup;
}

let dispatches = 0;
let pipelineMs = 0;
let recording: RecordedDispatch[] | null = null;
const names = new WeakMap<GPUComputePipeline, string>();
const passes = new WeakMap<GPUComputePassEncoder, PassState>();

export const dispatchCount = () => dispatches;
/** Milliseconds in which at least one pipeline was in the making. */
export const pipelineMilliseconds = () => pipelineMs;

/** Every dispatch that `work` encodes, in order. */
export function record(work: () => void): RecordedDispatch[] {
  const seen: RecordedDispatch[] = [];
  recording = seen;
  work();
  recording = null;
  return seen;
}

/** Counts dispatches and pipelines and lets `record` see them. Call once, before anything uses WebGPU. */
export function watchDevice(): void {
  watchPipelines();
  watchPasses();
}

function watchPipelines(): void {
  const { createComputePipelineAsync } = GPUDevice.prototype;
  let making = 0;
  let since = 0;
  GPUDevice.prototype.createComputePipelineAsync = async function (descriptor) {
    if (making++ === 0) since = performance.now();
    const pipeline = await createComputePipelineAsync.call(this, descriptor);
    if (--making === 0) pipelineMs += performance.now() - since;
    names.set(pipeline, descriptor.compute.entryPoint ?? 'standalone');
    return pipeline;
  };
}

function watchPasses(): void {
  const { setPipeline, dispatchWorkgroups } = GPUComputePassEncoder.prototype;
  const setBindGroup: (this: GPUComputePassEncoder, index: number, group: GPUBindGroup) => void =
    GPUComputePassEncoder.prototype.setBindGroup;
  GPUComputePassEncoder.prototype.setPipeline = function (pipeline) {
    passes.set(this, { ...passes.get(this), pipeline });
    return setPipeline.call(this, pipeline);
  };
  // web-llm and the roofline use no dynamic offsets.
  GPUComputePassEncoder.prototype.setBindGroup = function (this: GPUComputePassEncoder, index: number, group?: GPUBindGroup | null) {
    if (!group) throw new TypeError('a bind group was expected');
    passes.set(this, { ...passes.get(this), group });
    return setBindGroup.call(this, index, group);
  } as GPUComputePassEncoder['setBindGroup'];
  GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...size) {
    dispatches++;
    const { pipeline, group } = passes.get(this) ?? {};
    if (recording && pipeline && group) {
      recording.push({
        kernel: `${names.get(pipeline)} ${size.join('x')}`,
        replay(encoder) {
          const pass = encoder.beginComputePass();
          setPipeline.call(pass, pipeline);
          setBindGroup.call(pass, 0, group);
          dispatchWorkgroups.apply(pass, size);
          pass.end();
        },
      });
    }
    return dispatchWorkgroups.apply(this, size);
  };
}
