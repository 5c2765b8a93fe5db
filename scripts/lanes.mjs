/**
 * Does `work` for every one of `suites`, at most `count` at a time and begun in their order; never two at once that write into the same `folder`.
 * Once all have ended the first error is thrown, if any was.
 */
export async function inLanes(suites, count, work) {
  const waiting = [...suites];
  const running = new Map();
  const errors = [];
  const isFree = ({ folder }) => folder === undefined || ![...running.keys()].some((suite) => suite.folder === folder);
  while (waiting.length > 0 || running.size > 0) {
    const next = running.size < count ? waiting.findIndex(isFree) : -1;
    if (next === -1) {
      await Promise.race(running.values());
      continue;
    }
    const [suite] = waiting.splice(next, 1);
    const ended = work(suite)
      .catch((error) => errors.push(error))
      .then(() => running.delete(suite));
    running.set(suite, ended);
  }
  if (errors.length > 0) throw errors[0];
}
