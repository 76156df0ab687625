import type { ImportNode, LocalNode } from '../nodes/expression.ts';
import { isIdentifier, quote } from './names.ts';

/** The import statements for some bindings: packages first, one line for the names and one for the types of each module. */
export function importLines(
  nodes: readonly ImportNode[],
  specifier: (node: ImportNode) => string = ({ from }) => from,
): readonly string[] {
  const bySource = new Map<string, ImportNode[]>();
  for (const node of nodes) {
    const from = specifier(node);
    bySource.set(from, [...(bySource.get(from) ?? []), node]);
  }
  const rank = (from: string): string => `${from.startsWith('.') ? 1 : 0}${from}`;
  const sources = [...bySource].toSorted(([a], [b]) => (rank(a) < rank(b) ? -1 : 1));
  return sources.flatMap(([from, bindings]) =>
    [false, true].flatMap((typeOnly) => {
      const wanted = bindings.filter((node) => node.typeOnly === typeOnly);
      const head = typeOnly ? 'import type' : 'import';
      const line = (what: string): string => `${head} ${what} from ${quote(from)};`;
      const named = wanted.filter(({ imported }) => imported !== '*' && imported !== 'default');
      return [
        ...wanted.flatMap(({ name, imported }) =>
          imported === '*' ? [line(`* as ${name}`)] : imported === 'default' ? [line(name)] : [],
        ),
        ...(named.length === 0 ? [] : [line(`{ ${named.map(binding).toSorted().join(', ')} }`)]),
      ];
    }),
  );
}

function binding({ name, imported }: ImportNode): string {
  if (name === imported) return name;
  return `${isIdentifier(imported) ? imported : quote(imported)} as ${name}`;
}

/**
 * The texts of declarations, each once, those that others need before them. Where declarations need each other the
 * order of the source stays.
 */
export function declarationTexts(locals: readonly LocalNode[]): readonly string[] {
  const byPlace = locals.toSorted(
    ({ location: a }, { location: b }) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
  const byName = new Map(byPlace.map((node) => [node.name, node]));
  const texts = new Set<string>();
  const seen = new Set<LocalNode>();
  const add = (node: LocalNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const name of node.uses) {
      const needed = byName.get(name);
      if (needed !== undefined && !needed.uses.includes(node.name)) add(needed);
    }
    texts.add(node.text);
  };
  for (const node of byPlace) add(node);
  return [...texts];
}
