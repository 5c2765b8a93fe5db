/** What decides how a part of a chart looks; the page's style sheets do not travel with it. */
const STYLES = [
  ...['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linejoin', 'stroke-linecap', 'paint-order', 'opacity'],
  ...['font-family', 'font-size', 'font-weight', 'font-style', 'font-variant-numeric'],
];
const SVG = 'http://www.w3.org/2000/svg';
/** Letters of a line of the caption, which is broken at blanks. */
const LETTER_PX = 0.56;

export interface ChartExport {
  /** Stands below the chart: what was measured, and where; one string a line, which is broken where it is too long. */
  readonly caption: readonly string[];
  /** Default light, as slides and paper mostly are. */
  readonly theme?: 'light' | 'dark';
}

/**
 * A chart as an SVG document of its own, as wide as it is on the page: title above, caption below, all styles inlined, no scripts and nothing
 * that it would fetch.
 *
 * @param chart the `<figure>` of a `Chart`, or anything around one; the first chart in it is taken
 * @throws Error where there is no chart
 */
export function chartSvg(chart: Element, { caption, theme = 'light' }: ChartExport): string {
  const drawing = chart.querySelector<SVGSVGElement>('svg.chart-drawing');
  const [, , width = 0, height = 0] = drawing?.getAttribute('viewBox')?.split(' ').map(Number) ?? [];
  if (!drawing || width === 0) throw new Error('there is no chart to export');
  // In a place of its own, so that the theme is the export's and the page does not flicker.
  const place = document.createElement('div');
  place.className = 'chart';
  place.style.cssText = `position: absolute; left: -10000px; top: 0; width: ${width}px; color-scheme: ${theme}`;
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  place.append(copy);
  document.body.append(place);
  try {
    const em = Number.parseFloat(getComputedStyle(copy).fontSize);
    const pad = 1.6 * em;
    const title = broken(drawing.dataset.title ?? '', (width - 2 * pad) / (1.25 * em * LETTER_PX));
    const below = caption.flatMap((line) => broken(line, width / (0.9 * em * LETTER_PX)));
    const above = pad + title.length * 1.7 * em;
    const lines = [
      ...title.map((text, i) => ({ text, y: pad + (i + 0.8) * 1.6 * em, size: 1.25 * em, weight: 600, className: 'chart-label' })),
      ...below.map((text, i) => ({ text, y: above + height + (i + 1.2) * 1.4 * em, size: 0.9 * em, weight: 400, className: 'chart-tick' })),
    ];
    const body = document.createElementNS(SVG, 'g');
    body.setAttribute('transform', `translate(${pad} ${above})`);
    body.append(...copy.childNodes);
    copy.append(body);
    for (const { text, y, size, weight, className } of lines) {
      const element = copy.appendChild(document.createElementNS(SVG, 'text'));
      element.setAttribute('class', className);
      element.setAttribute('x', String(pad));
      element.setAttribute('y', String(y));
      element.setAttribute('style', `font-size: ${size}px; font-weight: ${weight}`);
      element.textContent = text;
    }
    inlineStyles(copy);
    const size = { width: Math.ceil(width + 2 * pad), height: Math.ceil(above + height + below.length * 1.4 * em + pad) };
    const paper = document.createElementNS(SVG, 'rect');
    paper.setAttribute('width', '100%');
    paper.setAttribute('height', '100%');
    paper.setAttribute('fill', paperOf(place));
    copy.prepend(paper);
    for (const name of ['class', 'style', 'aria-describedby', 'data-title']) copy.removeAttribute(name);
    copy.setAttribute('aria-label', drawing.dataset.title ?? '');
    copy.setAttribute('viewBox', `0 0 ${size.width} ${size.height}`);
    copy.setAttribute('width', String(size.width));
    copy.setAttribute('height', String(size.height));
    return new XMLSerializer().serializeToString(copy);
  } finally {
    place.remove();
  }
}

/**
 * An SVG document as a PNG of at least `width` pixels.
 *
 * @throws Error where the browser cannot draw it
 */
export async function chartPng(svg: string, width = 1920): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const scale = Math.max(1, width / image.naturalWidth);
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the browser made no picture of the chart'))), 'image/png');
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

function inlineStyles(root: SVGElement): void {
  for (const element of root.querySelectorAll<SVGElement>('*')) {
    const computed = getComputedStyle(element);
    const inlined = STYLES.map((name) => `${name}: ${computed.getPropertyValue(name)}`).join('; ');
    element.setAttribute('style', inlined);
    element.removeAttribute('class');
  }
}

function paperOf(place: HTMLElement): string {
  place.style.background = 'var(--paper)';
  return getComputedStyle(place).backgroundColor;
}

/** `text` in lines of at most `letters` letters, broken at blanks. */
function broken(text: string, letters: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= letters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
