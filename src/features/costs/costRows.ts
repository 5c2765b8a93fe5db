import { draftMs } from '../../core/cost/cost';
import type { CostFigures } from '../../core/cost/figures';
import type { Figure } from '../../ui/FigureList';
import { formatRatio, formatShare } from '../../ui/format';
import { costs as words } from '../../ui/texts';

/** The costs of one machine as figures with their ratios: of the run's own rounds where there is one that drafted, otherwise of an example. */
export function costRows(
  { costs, context, decodeMs, gamma, price, tokens, breakEven }: CostFigures,
  format: (ms: number) => string,
): Figure[] {
  const ms = (value: number) => words.milliseconds(format(value));
  const v = formatRatio(price.verify);
  const { readbackMs } = costs;
  const readback = readbackMs === null ? words.readbackUntold : readbackMs === 0 ? words.readbackNone : ms(readbackMs);
  return [
    { key: 'decode', name: words.decode, value: ms(decodeMs) },
    { key: 'draft', name: words.draft, note: words.draftNote(formatRatio(price.draft)), value: ms(draftMs(costs, context)) },
    {
      key: 'verify',
      name: tokens === null ? words.verify(gamma + 1) : words.verifyMean,
      note: tokens === null ? words.verifyNote(gamma, v) : words.verifyMeanNote(v),
      value: ms(price.verify * decodeMs),
    },
    { key: 'fixed', name: words.fixed, note: words.fixedNote(readbackMs !== 0), value: ms(costs.roundFixedMs) },
    { key: 'fixedPlain', name: words.fixedPlain, value: ms(costs.plainFixedMs) },
    { key: 'readback', name: words.readback, value: readback },
    ...(costs.plainSharedMs === undefined ? [] : [{ key: 'shared', name: words.shared, value: ms(costs.plainSharedMs) }]),
    { key: 'breakEven', name: words.breakEven(gamma), value: breakEven === null ? words.never : formatShare(breakEven) },
  ];
}
