/** What entering a state does first. */
import { block, type Doc } from '../../model/text/doc.ts';
import { camelCase, quote } from '../../model/text/names.ts';
import { printActions } from './actions.ts';
import { place, type Printer } from './printer.ts';
import type { State } from './tree.ts';

/** The entry actions of a state; where it has a context of its own, only when the context fits. */
export function printEntry(printer: Printer, state: State): readonly Doc[] {
  const { node, name } = state;
  const { statements } = printActions(printer, node.entry, `${name}.entry`, `entry of ${name} (${place(node)})`, {
    payload: undefined,
    payloadType: () => 'unknown',
    label: camelCase(`${name}.entry`),
    state,
  });
  if (node.context === undefined) return statements;
  const fits = printer.writer.import('millrace/machine', 'fits');
  const schema = printer.writer.import('contracts.ts', printer.layout.stateContext(printer.machine.name, name));
  const check = `${fits}(${printer.local.cell}, ${schema}, ${quote(name)})`;
  if (statements.length === 0) return [`${check};`];
  return [[`if (${check}) `, statements.length === 1 ? (statements[0] as Doc) : block(statements)]];
}
