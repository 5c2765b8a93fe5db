import { type CpuForm, type CpuModelFiles, loadCpuModel } from '../../../src/model/cpu/loader';
import { BROWSER_CACHE } from '../../../src/storage/browserCache';
import { shippedModel } from './runs';

/** A model of the shipped list on the CPU; in plain TypeScript, in double precision, it is the independent reference. */
export async function loadOnCpu(id: string, form: CpuForm = 'plain'): Promise<CpuModelFiles> {
  return loadCpuModel(await shippedModel(id), BROWSER_CACHE, () => undefined, new AbortController().signal, { form });
}
