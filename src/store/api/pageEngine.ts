import { ApiError } from '../../api/apiError';
import type { ApiEngine } from '../../api/respond';
import { systemMessageOf } from '../../catalog/systemMessage';
import { BROWSER_CACHE } from '../../storage/browserCache';
import { chosenTarget, readCatalogue } from '../engine/catalogue';
import { takeTurn } from '../engine/work';
import { streamRun } from '../run/request';
import { useSettings } from '../run/settings';

/** Requests that may wait at a time; each holds a whole conversation. */
const MOST_WAITING = 32;
let waiting = 0;

/** The engine of this page, with the models that are chosen on it. */
export const PAGE_ENGINE: ApiEngine = {
  async models() {
    await readCatalogue();
    const model = chosenTarget()?.model;
    return model ? [model.id, ...(model.name === model.id ? [] : [model.name])] : [];
  },
  defaults: () => ({ seed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0, drafting: useSettings.getState().drafting }),
  async *run({ system, turns, prompt }, settings, signal) {
    if (waiting >= MOST_WAITING)
      throw new ApiError(429, 'too_many_requests', `${MOST_WAITING} requests are waiting already. Send it again later.`);
    waiting++;
    const hold = await takeTurn('api', signal).finally(() => waiting--);
    try {
      const request = { prompt, turns, settings, draft: useSettings.getState().draft };
      yield* streamRun({ ...request, ...(await placed(system)) }, AbortSignal.any([signal, hold.signal]));
    } finally {
      hold.release();
    }
  },
  now: () => Math.floor(Date.now() / 1000),
  randomId: () => crypto.randomUUID(),
};

/** A system message goes to a target whose chat template has a place for one. */
async function placed(system: string | null): Promise<{ readonly system?: string }> {
  const model = chosenTarget()?.model;
  if (!system || !model) return {};
  return (await systemMessageOf(model, BROWSER_CACHE)) === null ? {} : { system };
}
