/** Counts GPU-to-CPU readbacks where they happen. Call before anything uses WebGPU; `readbacks` on the page asks for the count. */
export function watchReadbacks(name: string): void {
  let count = 0;
  const mapAsync = GPUBuffer.prototype.mapAsync;
  GPUBuffer.prototype.mapAsync = function (mode, ...range) {
    if (mode & GPUMapMode.READ) count++;
    return mapAsync.call(this, mode, ...range);
  };
  const channel = new BroadcastChannel(`readbacks-${name}`);
  channel.onmessage = ({ data }) => {
    if (data === 'count') channel.postMessage({ count });
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
