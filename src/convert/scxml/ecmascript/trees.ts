import { ts } from 'ts-morph';

/** A change of text: what stands between two places is replaced. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * XML in the data is a tree of plain objects here, since a context is JSON. The two methods by which documents read it
 * are put in other words: `getAttribute(name)`, and `getElementsByTagName(name)`, which looks at all levels.
 */
export function treeEdits(node: ts.Node): readonly Edit[] {
  const edits: Edit[] = [];
  const visit = (inner: ts.Node): void => {
    if (ts.isCallExpression(inner) && ts.isPropertyAccessExpression(inner.expression)) {
      const { expression, name } = inner.expression;
      const [argument] = inner.arguments;
      if (argument !== undefined && name.text === 'getElementsByTagName') {
        edits.push(
          { start: inner.getStart(), end: inner.getStart(), text: '[' },
          { start: expression.end, end: argument.getStart(), text: '].flatMap((tree) => { const name = ' },
          { start: argument.end, end: inner.end, text: `; ${search} })` },
        );
      } else if (argument !== undefined && name.text === 'getAttribute') {
        edits.push(
          { start: expression.end, end: argument.getStart(), text: '.attributes[' },
          { start: argument.end, end: inner.end, text: ']' },
        );
      }
    }
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return edits;
}

const search = [
  'const found = [];',
  'const open = [...tree.children];',
  'for (let node = open.shift(); node !== undefined; node = open.shift()) {',
  'if (node.name === name) found.push(node);',
  'open.unshift(...(node.children ?? []));',
  '}',
  'return found;',
].join(' ');
