import type { Advice } from '../../core/cost/advice';
import { formatShare, plural } from '../format';
import { speeds } from './speeds';

/** Whose device a sentence speaks of: this one, or that of a recording. */
export type Place = 'here' | 'there';
export const at: Record<Place, string> = { here: 'here', there: 'on the recorder’s machine' };
const device: Record<Place, string> = { here: 'This device', there: 'The recorder’s machine' };

/** The verdict in a sentence, with the figure that it stands on. */
export function verdict({ code, best, breakEven, ceiling }: Advice, place: Place): string {
  switch (code) {
    case 'worth-it':
      return `Worth it ${at[place]}: ${speeds.times(best.speedup)} plain decoding expected, with drafts of ${plural(best.gamma, 'token')}.`;
    case 'hardly':
      return `Hardly worth it ${at[place]}: ${speeds.times(best.speedup)} plain decoding expected at best, with drafts of ${plural(best.gamma, 'token')}.`;
    case 'agreement-too-low':
      return breakEven
        ? `Agreement is too low: below ${formatShare(breakEven.rate)} of drafts accepted, no draft length pays ${at[place]}.`
        : `Agreement is too low: ${speeds.times(best.speedup)} plain decoding expected at best ${at[place]}.`;
    case 'draft-too-slow':
      return `The draft is too slow ${at[place]}: even if every draft were accepted, it would be ${speeds.times(ceiling)} plain decoding at best.`;
    case 'device-compute-bound':
      return `${device[place]} is compute-bound: even a draft that costs nothing and is always right would not pay.`;
  }
}
