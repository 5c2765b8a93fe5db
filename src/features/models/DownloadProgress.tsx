import { rateOf, secondsLeft } from '../../storage/rate';
import type { Download } from '../../store/models/downloads';
import { Progress } from '../../ui/Progress';
import { hubModels as words } from '../../ui/texts/hubModels';

/** How much has come of a download under way, how fast it comes, and how long that will take. */
export function DownloadProgress({ download, name }: { readonly download: Download; readonly name: string }) {
  const { transfer, arrived, nowMs } = download;
  if (!transfer) return <p>{words.asking}</p>;
  const { loadedBytes, totalBytes, file } = transfer;
  const rate = rateOf(arrived, nowMs);
  const seconds = secondsLeft(totalBytes - loadedBytes, arrived, nowMs);
  const parts = [
    words.progress(loadedBytes, totalBytes),
    ...(rate === null ? [] : rate > 0 ? [words.rate(rate), words.bits(rate)] : [words.silent]),
    ...(seconds === null ? [] : [words.left(seconds)]),
    ...(file === null ? [] : [words.file(file)]),
  ];
  return <Progress label={words.progressOf(name)} done={loadedBytes} total={totalBytes} text={parts.join(words.between)} />;
}
