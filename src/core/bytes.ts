/** What WebAssembly addresses: in so much memory a model that the CPU runs has its weights, its cache and what a pass writes. */
export const ADDRESSED_BYTES = 2 ** 32;

const inKilobytes = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const inLarger = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A size as every text tells it: in decimal kilobytes, megabytes or gigabytes, the larger ones with one decimal. @param bytes 0 or more */
export function formatBytes(bytes: number): string {
  if (bytes < 999.5e3) return `${inKilobytes.format(bytes / 1e3)} kB`;
  return bytes < 999.95e6 ? `${inLarger.format(bytes / 1e6)} MB` : `${inLarger.format(bytes / 1e9)} GB`;
}
