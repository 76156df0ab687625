import type { ImportNode, LocalNode, SystemModel } from '../../model/index.ts';
import type { Reading } from '../reading.ts';
import { fromEntries } from '../value/readers.ts';
import { closure } from './reach.ts';

/** The locals and imports that something of the model needs, sorted by name. */
export function readReached(reading: Reading): Pick<SystemModel, 'locals' | 'imports'> {
  const locals: [string, LocalNode][] = [];
  const imports: [string, ImportNode][] = [];
  for (const [name, { node, needs }] of [...reading.reached].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (node.kind === 'import') imports.push([name, node]);
    else locals.push([name, { ...node, uses: closure(reading, needs).filter((key) => key !== name) }]);
  }
  return { locals: fromEntries(locals), imports: fromEntries(imports) };
}
