/**
 * Does `work` for every one of `pieces`, at most `count` at a time and begun in their order. Once all have ended the first error is thrown, if
 * any was.
 */
export async function inLanes(pieces, count, work) {
  const waiting = [...pieces];
  const errors = [];
  const lane = async () => {
    for (let piece = waiting.shift(); piece !== undefined; piece = waiting.shift()) {
      await work(piece).catch((error) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
  if (errors.length > 0) throw errors[0];
}
