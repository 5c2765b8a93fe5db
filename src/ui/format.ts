import { bounded } from '../core/clock';

export { formatBytes } from '../core/bytes';

/** Figures as the page writes them. The page is in English, so its figures are too. */
const LOCALE = 'en';
const MISSING = '–';

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const twoDecimals = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const threeDecimals = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 3, maximumFractionDigits: 3, signDisplay: 'negative' });
const share = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 0 });
const twoFigures = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 2 });
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact' });

/** A number that may be missing, as a dash. */
function orMissing(format: Intl.NumberFormat): (value: number | null) => string {
  return (value) => (value === null ? MISSING : format.format(value));
}

export const formatCount = orMissing(whole);
export const formatRate = orMissing(oneDecimal);
export const formatRatio = orMissing(twoDecimals);
export const formatShare = orMissing(share);
/** A logarithm, with a minus as long as its digits are wide; one that rounds to nothing has none. */
export const formatLog = (value: number | null) => orMissing(threeDecimals)(value).replace('-', '−');

/** A count of things, `one` of which is named so. */
export const plural = (count: number, one: string, more = `${one}s`) => `${formatCount(count)} ${count === 1 ? one : more}`;

/** A large count as models' names have it: 5.8M, 135M. */
export const formatCompact = (count: number) => compact.format(count);

const date = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'long' });

/** A day, of an ISO 8601 time, where the person is. */
export const formatDate = (time: string) => date.format(new Date(time));

/** Milliseconds, as minutes and seconds of a clock. */
export function formatClock(milliseconds: number): string {
  const seconds = Math.floor(bounded(milliseconds) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Milliseconds, as seconds. */
export const formatSeconds = (milliseconds: number) => `${twoDecimals.format(bounded(milliseconds) / 1000)} s`;

const moment = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' });

/** Milliseconds since 1970, as date and time here. */
export const formatMoment = (milliseconds: number) => moment.format(milliseconds);

/** A probability in [0, 1]; one that would be rounded to nothing says so. */
export function formatProbability(probability: number | null): string {
  if (probability !== null && probability > 0 && probability < 0.005) return '< 0.01';
  return formatRatio(probability);
}

/** The probability of a test's result, in two figures; a very small one as a power of ten. */
export function formatPValue(probability: number): string {
  if (probability >= 0.001) return twoFigures.format(probability);
  if (probability === 0) return '< 10⁻³⁰⁰';
  return `10${superscript(Math.floor(Math.log10(probability)) + 1)} at most`;
}

function superscript(exponent: number): string {
  return [...String(exponent)].map((sign) => (sign === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)])).join('');
}

/** A probability as how many of how many: "66 of 100", "1 of 3.1K". */
export function formatOdds(probability: number): string {
  if (probability >= 0.095) return `${whole.format(100 * probability)} of 100`;
  return probability < 1e-12 ? 'less than 1 of 1T' : `1 of ${compact.format(1 / probability)}`;
}

/** Milliseconds as a person says them: "12 s", "3 min". */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(bounded(milliseconds) / 1000));
  if (seconds < 90) return `${whole.format(seconds)} s`;
  if (seconds >= 600) return `${whole.format(seconds / 60)} min`;
  const tens = 10 * Math.round(seconds / 10);
  return `${Math.floor(tens / 60)} min${tens % 60 === 0 ? '' : ` ${tens % 60} s`}`;
}
