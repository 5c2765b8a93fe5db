import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/core/failure';
import { featuresHere } from '../../src/gpu/adapter';
import { deviceSource, shareDevice } from '../../src/gpu/device';

/** A `GPU` whose requests go to the browser's own, so that each test shares a device of its own. */
function ownGpu(): GPU {
  const own = Object.create(navigator.gpu) as GPU;
  Object.defineProperty(own, 'requestAdapter', {
    configurable: true,
    value: (options?: GPURequestAdapterOptions) => navigator.gpu.requestAdapter(options),
  });
  return own;
}

const deviceAsWebLlmAsks = async (gpu: GPU) => {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  return (adapter as GPUAdapter).requestDevice();
};

describe('the shared device', () => {
  it('is the same for every caller, and survives a caller that destroys it', async () => {
    const gpu = ownGpu();
    const current = shareDevice(gpu);
    const [shared, one, other] = [await current(), await deviceAsWebLlmAsks(gpu), await deviceAsWebLlmAsks(gpu)];
    expect(one).toBe(shared.device);
    expect(other).toBe(shared.device);
    one.destroy();
    await one.queue.onSubmittedWorkDone();
    expect(shared.hasFailed).toBe(false);
    expect((await current()).device).toBe(shared.device);
    expect(shared.adapter).not.toBe('');
  });

  it('is lent for as long as it is needed, and two programs of one page each have their own', async () => {
    const gpu = ownGpu();
    const [one, other] = [deviceSource(gpu), deviceSource(gpu)];
    const giveBack = one.lend();
    const third = deviceSource(gpu);
    expect(await deviceAsWebLlmAsks(gpu)).toBe((await one.open()).device);
    giveBack();
    const own = await deviceAsWebLlmAsks(gpu);
    expect(own).not.toBe((await one.open()).device);
    own.destroy();
    const giveOtherBack = other.lend();
    // Once more does nothing.
    giveBack();
    expect(await deviceAsWebLlmAsks(gpu)).toBe((await other.open()).device);
    giveOtherBack();
    const devices = await Promise.all([one, other, third].map(async ({ open }) => (await open()).device));
    expect(new Set(devices).size).toBe(3);
  });

  it('that is closed is destroyed, and the next request gets a new one', async () => {
    const { open } = deviceSource(ownGpu());
    const shared = await open();
    let isTold = false;
    shared.device.lost.then(() => {
      isTold = true;
    });
    shared.close();
    expect((await shared.failure).failure.code).toBe('device-lost');
    expect((await open()).device).not.toBe(shared.device);
    // web-llm, which has it lent, would complain that it was lost.
    expect(isTold).toBe(false);
  });

  it('that is destroyed by anyone else is lost for all that have it', async () => {
    const shared = await deviceSource(ownGpu()).open();
    GPUDevice.prototype.destroy.call(shared.device);
    expect((await shared.device.lost).reason).toBe('destroyed');
    expect(shared.hasFailed).toBe(true);
  });

  it('has every feature of the adapter that a library may need', async () => {
    const { device } = await shareDevice(ownGpu())();
    const adapter = await navigator.gpu.requestAdapter();
    const features = await featuresHere();
    expect(features.has('subgroups')).toBe(adapter?.features.has('subgroups'));
    for (const feature of features) expect(device.features.has(feature), feature).toBe(true);
  });

  it('that refuses a command has failed, and the next request gets a new one', async () => {
    const current = shareDevice(ownGpu());
    const shared = await current();
    const [from, to] = [4, 4].map((size) => shared.device.createBuffer({ size, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST }));
    const encoder = shared.device.createCommandEncoder();
    encoder.copyBufferToBuffer(from as GPUBuffer, 0, to as GPUBuffer, 0, 64);
    shared.device.queue.submit([encoder.finish()]);
    const { failure } = await shared.failure;
    expect(failure).toMatchObject({ code: 'internal', message: expect.stringContaining('refused a command') });
    expect(shared.hasFailed).toBe(true);
    const next = await current();
    expect(next.device).not.toBe(shared.device);
    expect(next.hasFailed).toBe(false);
  });

  it('that has no memory left says so, and what helps', async () => {
    const shared = await shareDevice(ownGpu())();
    // The event that the browser sends; to bring it about would take all of this machine's memory.
    const error = new GPUOutOfMemoryError('not enough memory left');
    shared.device.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error }));
    const { failure } = await shared.failure;
    expect(failure).toMatchObject({ code: 'out-of-memory', hint: expect.stringContaining('Close other tabs') });
  });

  it('needs a GPU and an adapter', async () => {
    expect(() => shareDevice(undefined)).toThrow(FailureError);
    const empty = Object.create(navigator.gpu) as GPU;
    Object.defineProperty(empty, 'requestAdapter', { configurable: true, value: async () => null });
    const current = shareDevice(empty);
    await expect(current()).rejects.toMatchObject({ failure: { code: 'no-adapter' } });
    await expect(current()).rejects.toMatchObject({ failure: { code: 'no-adapter' } });
  });
});
