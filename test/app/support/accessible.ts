import axe from 'axe-core';

/** What axe finds wrong with the page as it stands, in short. */
export async function violations(): Promise<string[]> {
  const { violations: found } = await axe.run(document, { rules: { 'page-has-heading-one': { enabled: true } } });
  return found.flatMap((each) => each.nodes.map((node) => `${each.id}: ${node.failureSummary} ${node.html.slice(0, 160)}`));
}
