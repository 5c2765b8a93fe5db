import axe, { type RunOptions } from 'axe-core';

// A view's link leads to a place after "#" without an element of that id; where the row of views has scrolled, axe takes one for a broken skip link.
const ALL: RunOptions = { rules: { 'page-has-heading-one': { enabled: true }, 'skip-link': { enabled: false } } };
/** What may hold in one theme and not in another. */
const OF_COLOURS: RunOptions = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } };

/**
 * What axe finds wrong with the page as it stands, in short.
 *
 * @param theme of the page, where a test looks at the same states in several: in the dark one only colours differ
 */
export async function violations(theme = 'light'): Promise<string[]> {
  // Without the selectors of every element that has passed, which take longer than all the rules.
  const options: RunOptions = { ...(theme === 'light' ? ALL : OF_COLOURS), resultTypes: ['violations'], selectors: false };
  const { violations: found } = await axe.run(document, options);
  return found.flatMap((each) => each.nodes.map((node) => `${each.id}: ${node.failureSummary} ${node.html.slice(0, 160)}`));
}

/** Whether the page has no sideways scroll. */
export function fitsTheWidth(): boolean {
  return document.documentElement.scrollWidth <= document.documentElement.clientWidth;
}
