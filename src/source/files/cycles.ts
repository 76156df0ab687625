import { ts } from '../syntax/typescript.js';
import type { Reading } from '../reading.ts';
import type { Module } from '../syntax/module.ts';
import { moduleBehind } from './imports.ts';

interface Edge {
  readonly to: Module;
  readonly node: ts.Node;
}

/** Reports the circles of imports among DSL files: their constants would be used before they exist. */
export function reportCycles(reading: Reading, entry: Module): void {
  const done = new Set<Module>();
  const path: { readonly module: Module; edge?: Edge }[] = [];

  const enter = (module: Module): void => {
    const step: { readonly module: Module; edge?: Edge } = { module };
    path.push(step);
    for (const edge of edges(reading, module)) {
      step.edge = edge;
      const start = path.findIndex((other) => other.module === edge.to);
      if (start !== -1)
        report(
          path
            .slice(start)
            .flatMap((link) => (link.edge === undefined ? [] : [{ module: link.module, edge: link.edge }])),
        );
      else if (!done.has(edge.to)) enter(edge.to);
    }
    path.pop();
    done.add(module);
  };

  const report = (cycle: readonly { readonly module: Module; readonly edge: Edge }[]): void => {
    const last = cycle.at(-1);
    if (last === undefined) return;
    const files = cycle.map(({ edge }) => edge.to.file);
    reading.report(
      'MR1008',
      { module: last.module, node: last.edge.node },
      `These files import each other: ${[files.at(-1), ...files].join(' → ')}.`,
      {
        hint: 'Move what both need into a file of its own, and import that from both.',
        related: cycle.slice(0, -1).map(({ module, edge }) => ({
          message: `'${module.file}' imports '${edge.to.file}'`,
          site: { module, node: edge.node },
        })),
      },
    );
  };

  enter(entry);
}

/** The DSL files that a file imports for values. */
function edges(reading: Reading, module: Module): readonly Edge[] {
  return module.source.statements.flatMap((node) => {
    if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return [];
    const typeOnly = ts.isImportDeclaration(node)
      ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      : node.isTypeOnly;
    const { moduleSpecifier } = node;
    if (typeOnly || moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
    const { text } = moduleSpecifier;
    if (!text.startsWith('.') || !/\.dsl(\.m?[jt]s)?$/.test(text)) return [];
    const to = moduleBehind(reading, { module, node: moduleSpecifier }, text);
    return to === undefined || to === 'outside' ? [] : [{ to, node: moduleSpecifier }];
  });
}
