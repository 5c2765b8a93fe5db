/** Counts GPU-to-CPU readbacks where they happen, from now on. Call before anything uses WebGPU. @returns how many there were */
export function countReadbacks(): () => number {
  let count = 0;
  const mapAsync = GPUBuffer.prototype.mapAsync;
  GPUBuffer.prototype.mapAsync = function (mode, ...range) {
    if (mode & GPUMapMode.READ) count++;
    return mapAsync.call(this, mode, ...range);
  };
  return () => count;
}

/** Counts them in this worker; `readbacks` on the page asks for the count. */
export function watchReadbacks(name: string): void {
  const count = countReadbacks();
  const channel = new BroadcastChannel(`readbacks-${name}`);
  channel.onmessage = ({ data }) => {
    if (data === 'count') channel.postMessage({ count: count() });
  };
}

/** The count of the worker that called `watchReadbacks(name)`. */
export function readbacks(name: string): Promise<number> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(`readbacks-${name}`);
    channel.onmessage = ({ data }) => {
      channel.close();
      resolve(data.count);
    };
    channel.postMessage('count');
  });
}
