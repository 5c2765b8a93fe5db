import type { Conditions, Versions } from '../../core/exports';

export const exports = {
  heading: 'Take it along',
  svg: 'Figure as SVG',
  png: 'Figure as PNG',
  failed: 'The browser could not make the picture; take the SVG.',
  /** Stands below a figure that leaves the page. */
  caption: (ways: readonly string[], { target, device, temperature }: Conditions, { page, webLlm, models }: Versions) => [
    `${target}, plainly and speculatively: ${ways.join('; ')}. Temperature ${temperature}. Device: ${device}.`,
    `Foretoken ${page}, web-llm ${webLlm}, models ${models ?? 'unknown'}.`,
  ],
};
