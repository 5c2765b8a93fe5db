/**
 * Charts, drawn by hand: one `Chart` with its two axes around any number of marks.
 *
 *     <Chart
 *       title="Speedup over acceptance"
 *       description="…"                                      for who cannot see it
 *       x={{ label: 'Acceptance rate α', domain: [0, 1], format: formatShare }}
 *       y={{ label: 'Speedup', unit: '×', domain: [0, 3], nice: true, format: formatRatio }}
 *       table={{ columns: ['α', 'γ = 4'], rows: [['0 %', '0.45'], …] }}
 *       labelRoom={5}
 *     >
 *       <Lines series={[{ name: 'γ = 4', look: 'accepted', points: [{ x: 0, y: 0.45 }, …] }]} labelled />
 *       <ReferenceLine y={1} label="as fast as plain" />
 *       <Points points={[{ x: 0.7, y: 1.4, look: 'ink', label: 'this run' }]} />
 *     </Chart>
 *
 * `Bars` need an axis of names ({ label, bands }) on either side; with it on y they lie. Colours are the tokens', so light and dark follow
 * the page. `chartSvg(figure, { caption })` makes a document of its own for slides, `chartPng(svg)` a picture of that.
 */
export { Chart, type ChartTable } from './Chart';
export { type ChartExport, chartPng, chartSvg } from './exportChart';
export type { KeyEntry, Look } from './Key';
export { type BarSeries, Bars, type Bin, binsOf, Histogram, type LabelledPoint, Lines, Points, ReferenceLine, type Series } from './marks';
export type { Axis, BandAxis, LinearAxis } from './scales';
