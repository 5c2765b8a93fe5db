import type { Conditions, Versions } from '../../core/run/exports';

const versionLine = ({ page, webLlm, models }: Versions) => `Foretoken ${page}, web-llm ${webLlm}, models ${models ?? 'unknown'}.`;

export const exports = {
  heading: 'Save or export',
  svg: 'Figure as SVG',
  png: 'Figure as PNG',
  failed: 'The browser could not make the PNG; save the SVG instead.',
  /** Stands below a figure of several ways that leaves the page. */
  caption: (ways: readonly string[], { target, device, temperature }: Conditions, versions: Versions) => [
    `${target}, plain and speculative: ${ways.join('; ')}. Temperature ${temperature}. Device: ${device}.`,
    versionLine(versions),
  ],
  /** Below a figure of one run. */
  runCaption: (conditions: Conditions, versions: Versions) => {
    const { target, draft, gamma, temperature, device } = conditions;
    const drafted = gamma === null ? '' : `, drafts by ${draft ?? 'n-gram'}, γ ${gamma}`;
    return [`${target}, ${conditions.mode}${drafted}. Temperature ${temperature}. Device: ${device}.`, versionLine(versions)];
  },
};
