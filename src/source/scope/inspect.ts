import type { ts } from 'ts-morph';
import type { Reading } from '../reading.ts';
import type { Binding, Module, Site } from '../syntax/module.ts';
import { behind } from '../value/follow.ts';
import { judgeImport } from './globals.ts';
import { needs } from './needs.ts';

/** Looks for what is impure in a declaration of a module that compiled code imports, and in what it needs there. */
export function inspect(reading: Reading, use: Site<ts.Identifier>, module: Module, { value, name }: Binding): void {
  if (value === undefined || reading.inspected.has(value)) return;
  reading.inspected.add(value);
  if (value.kind === 'import') {
    const judged = value.typeOnly ? undefined : judgeImport(value.from, value.imported);
    if (judged !== undefined) {
      reading.report(
        judged.code,
        use,
        `'${name}' from '${value.from}' ${judged.why}, which a pure expression cannot do.`,
        { hint: judged.hint },
      );
    }
    const found = value.from.startsWith('.') ? behind(reading, module, name) : undefined;
    if (found?.kind === 'declared') inspect(reading, use, found.module, found.binding);
  } else if (value.kind === 'let') {
    reading.report('MR1406', use, `'${name}' is a variable that may change.`, { hint: 'Declare it with `const`.' });
  } else {
    const nodes = 'statements' in value ? value.statements : [value.declaration];
    for (const node of nodes) {
      needs(reading, { module, node }, new Set(), (inner, binding) => {
        inspect(reading, inner, module, binding);
        return undefined;
      });
    }
  }
}
