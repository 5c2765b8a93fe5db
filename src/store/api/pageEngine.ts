import { type ApiEngine, modelOf } from '../../api/apiEngine';
import { ApiError } from '../../api/apiError';
import { plainReason } from '../../api/plainReason';
import { randomSeed } from '../../api/randomSeed';
import { systemMessageOf } from '../../catalog/systemMessage';
import { BROWSER_CACHE } from '../../storage/browserCache';
import { chosenPair, chosenTarget, readCatalogue } from '../engine/catalogue';
import { isReady, load, stopLoading, useLoading } from '../engine/loading';
import { takeTurn } from '../engine/work';
import { streamRun } from '../run/request';
import { useSettings } from '../run/settings';

/** Requests that may wait at a time; each holds a whole conversation. */
const MOST_WAITING = 32;
let waiting = 0;
/** Aborts for all that wait, when a person stops the one that has the models: nobody else should have to wait for the others. */
let queue = new AbortController();

/** The engine of this page, with the models that are chosen on it. */
export const PAGE_ENGINE: ApiEngine = {
  async models() {
    await readCatalogue();
    const model = chosenTarget()?.model;
    return model ? [modelOf(model)] : [];
  },
  defaults: () => ({
    ...{ seed: randomSeed(), drafting: useSettings.getState().drafting },
    ...{ speculative: true, numSpeculativeTokens: 'auto' },
  }),
  async *run({ system, turns, ...input }, asked, signal, further) {
    if (!further && waiting >= MOST_WAITING)
      throw new ApiError(429, 'too_many_requests', `${MOST_WAITING} requests are waiting already. Send it again later.`);
    waiting++;
    const hold = await takeTurn('api', AbortSignal.any([signal, queue.signal])).finally(() => waiting--);
    hold.signal.addEventListener('abort', sendAway);
    const stop = AbortSignal.any([signal, hold.signal]);
    try {
      await makeReady(stop);
      const { draft } = useSettings.getState();
      const pair = chosenPair({ draft, drafting: asked.drafting });
      const because = pair && plainReason(pair, asked);
      if (because !== null) yield { type: 'plain', because };
      const settings = because === null ? asked : { ...asked, mode: 'plain' as const };
      const request = { ...input, turns: () => turns, settings, draft };
      yield* streamRun({ ...request, ...(await placed(system)) }, stop);
    } finally {
      hold.release();
    }
  },
  now: () => Date.now(),
  randomId: () => crypto.randomUUID(),
};

function sendAway(): void {
  queue.abort(new ApiError(503, 'stopped', 'A person has stopped the models on the page. Send it again later.'));
  queue = new AbortController();
}

/** Loads what a person has chosen; its template says where a system message stands. @throws ApiError 503 where that would be a download that nobody asked for */
async function makeReady(stop: AbortSignal): Promise<void> {
  const pair = chosenPair();
  if (useLoading.getState().unasked) {
    throw new ApiError(
      503,
      'model_not_loaded',
      `${pair?.target.name} is chosen on the page, and not stored in this browser. Load it there first.`,
    );
  }
  if (!pair || isReady(pair, useLoading.getState())) return;
  stop.addEventListener('abort', stopLoading);
  await load().finally(() => stop.removeEventListener('abort', stopLoading));
}

/** A system message goes to a target whose chat template has a place for one. */
async function placed(system: string | undefined): Promise<{ readonly system?: string }> {
  const model = chosenTarget()?.model;
  if (!system || !model) return {};
  return (await systemMessageOf(model, BROWSER_CACHE)) === null ? {} : { system };
}
