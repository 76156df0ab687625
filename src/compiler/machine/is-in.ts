/** Which states are active: the leaves below a state follow it in number, so that a register tells by its range. */
import { block, indent, hard, type Doc } from '../../model/text/doc.ts';
import { quote } from '../../model/text/names.ts';
import { addFunction, once, type Printer } from './printer.ts';
import type { State } from './tree.ts';

/** The function that says if the state of a name is active. */
export function isInFunction(printer: Printer): string {
  const { cell, name } = printer.local;
  const made = once(printer, 'isIn', () =>
    addFunction(printer, 'isIn', 'Is this state active?', () => ({
      parameters: [printer.parameter, `${name}: ${printer.stateType}`],
      result: 'boolean',
      body: [
        [
          `switch (${name}) `,
          block([
            ...printer.tree.states.flatMap((state): readonly Doc[] =>
              state.node.type === 'history'
                ? []
                : [[`case ${quote(state.name)}:`, indent([hard, `return ${isActive(cell, state)};`])]],
            ),
            ['default:', indent([hard, 'return false;'])],
          ]),
        ],
      ],
    })),
  );
  return made ?? '';
}

function isActive(cell: string, { number, last, region, node, children }: State): string {
  const register = `${cell}.${region.register}`;
  if (node.type === 'parallel' || children.length === 0) return `${register} === ${number}`;
  return region.root?.number === number ? `${register} !== -1` : `${register} >= ${number} && ${register} <= ${last}`;
}
