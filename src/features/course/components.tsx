import type { MDXComponents } from 'mdx/types';
import { Children, isValidElement, type ReactNode } from 'react';
import { sectionSlug } from '../../lessons/text';
import { Term } from '../../ui/Term';
import { course as words } from '../../ui/texts/course';
import { LengthOnCosts } from './live/LengthOnCosts';
import { PassTimes } from './live/PassTimes';
import { ResidualSum } from './live/ResidualSum';
import { RoundByHand } from './live/RoundByHand';
import { Trials } from './live/Trials';
import { Try } from './live/Try';
import { TwoEndpoints } from './live/TwoEndpoints';
import { Worksheet } from './live/Worksheet';

/** What the lessons' prose is made of, besides plain elements: sections that can be linked to, terms, and the parts that are alive. */
export const COMPONENTS: MDXComponents = {
  h2: ({ children }) => <h3 id={sectionSlug(textOf(children))}>{children}</h3>,
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keys too
    <section className="prose-table" aria-label={words.table(headsOf(children))} tabIndex={0}>
      <table>{children}</table>
    </section>
  ),
  Term,
  Try,
  PassTimes,
  RoundByHand,
  ResidualSum,
  Trials,
  LengthOnCosts,
  Worksheet,
  TwoEndpoints,
};

/** The heads of a table's columns. */
function headsOf(node: ReactNode): string[] {
  return Children.toArray(node).flatMap((child) => {
    if (!isValidElement<{ children?: ReactNode }>(child)) return [];
    return child.type === 'th' ? [textOf(child)] : headsOf(child.props.children);
  });
}

function textOf(node: ReactNode): string {
  return Children.toArray(node)
    .map((child) => (isValidElement<{ children?: ReactNode }>(child) ? textOf(child.props.children) : String(child)))
    .join('');
}
