import { type Failure, toFailure } from '../../../src/core/failure';

/** The failure that `attempt` ends with. */
export async function refusalOf(attempt: () => unknown): Promise<Failure> {
  try {
    await attempt();
  } catch (thrown) {
    return toFailure(thrown);
  }
  throw new Error('Nothing was refused.');
}
