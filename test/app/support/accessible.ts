import axe from 'axe-core';

/** What axe finds wrong with the page as it stands, in short. */
export async function violations(): Promise<string[]> {
  // A view's link leads to a place after "#" without an element of that id; where the row of views has scrolled, axe takes one for a broken skip link.
  const rules = { 'page-has-heading-one': { enabled: true }, 'skip-link': { enabled: false } };
  // Without the selectors of every element that has passed, which take longer than all the rules.
  const { violations: found } = await axe.run(document, { rules, resultTypes: ['violations'], selectors: false });
  return found.flatMap((each) => each.nodes.map((node) => `${each.id}: ${node.failureSummary} ${node.html.slice(0, 160)}`));
}

/** Whether the page has no sideways scroll. */
export function fitsTheWidth(): boolean {
  return document.documentElement.scrollWidth <= document.documentElement.clientWidth;
}
