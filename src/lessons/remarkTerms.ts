import { markTerms } from './glossary.ts';

/** As much of a Markdown tree (mdast, with MDX's elements) as is walked here. */
interface Node {
  type: string;
  value?: string;
  children?: Node[];
  [field: string]: unknown;
}

/** Whose text stays as it is: a definition inside a heading, a link or code would be in the way. */
const LEFT_ALONE = new Set(['heading', 'link', 'code', 'inlineCode', 'mdxJsxFlowElement', 'mdxJsxTextElement']);

/** A remark plugin: the first occurrence of each term of the glossary in each section of a lesson becomes a `<Term id="…">`. */
export function remarkTerms() {
  return (tree: Node): void => {
    let seen = new Set<string>();
    for (const node of tree.children ?? []) {
      if (node.type === 'heading') seen = new Set();
      else mark(node, seen);
    }
  };
}

function mark(node: Node, seen: Set<string>): void {
  if (!node.children || LEFT_ALONE.has(node.type)) return;
  node.children = node.children.flatMap((child): Node[] => {
    if (child.type !== 'text' || child.value === undefined) {
      mark(child, seen);
      return [child];
    }
    return markTerms(child.value, seen).map(({ text, term }) => (term ? termElement(term.id, text) : { type: 'text', value: text }));
  });
}

function termElement(id: string, text: string): Node {
  return {
    type: 'mdxJsxTextElement',
    name: 'Term',
    attributes: [{ type: 'mdxJsxAttribute', name: 'id', value: id }],
    children: [{ type: 'text', value: text }],
  };
}
