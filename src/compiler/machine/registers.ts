/** The registers of a machine: fields of its cell, one a region and one a history state. */
import type { StateNode } from '../../model/index.ts';
import { hard, indent, object, type Doc } from '../../model/text/doc.ts';
import { camelCase } from '../../model/text/names.ts';
import type { Printer } from './printer.ts';

// What a cell has of its own.
const fields = 'm m_ state context done output effects errors queue begin instanceId now asked'.split(' ');

/** Gives each state a name of its own that a field can have; `state` to the machine itself. */
export function registerNames(): (node: StateNode | undefined) => string {
  const taken = new Set(fields);
  return (node) => {
    if (node === undefined) return 'state';
    const wanted = camelCase(node.name);
    let name = wanted;
    for (let count = 2; taken.has(name); count += 1) name = `${wanted}${count}`;
    taken.add(name);
    return name;
  };
}

/** The type of the registers, where there are more than the one that every machine has. */
export function registersType({ tree, registers, contextType, asked, writer }: Printer): readonly Doc[] {
  if (registers === undefined) return [];
  const cell = writer.import('millrace/machine', 'Cell', { typeOnly: true });
  const fields = [
    ...tree.regions.slice(1).map(({ register }) => `${register}: number;`),
    ...tree.histories.map(({ register }) => `${register}: readonly number[];`),
    ...(asked.size > 0 ? ['asked: (boolean | undefined)[];'] : []),
  ];
  const about =
    tree.regions.length > 1
      ? 'Where each of its regions stands, by the number of a state (-1: not active)'
      : 'Where it stands, by the number of a state';
  const more = tree.histories.length > 0 ? ', and what its history states remember.' : '.';
  return [
    [
      `/** ${about}${more} */`,
      hard,
      `export interface ${registers} extends ${cell}<${contextType}> {`,
      indent(fields.map((field) => [hard, field])),
      hard,
      '}',
    ],
  ];
}

/** The members of the program that make such registers and read them. */
export function registerMembers({ tree, registers, asked, local: { cell } }: Printer): readonly Doc[] {
  if (registers === undefined) return [];
  const [, ...regions] = tree.regions;
  const names = tree.regions.map(({ register }) => register);
  const numbers = `[${names.map((name) => `${name} = -1`).join(', ')}]`;
  const kept = tree.histories.map(({ register }) => register);
  const remembered = kept.length > 0 ? [`[${kept.map((name) => `${name} = []`).join(', ')}]`] : [];
  const fields = [...names, ...kept, ...(asked.size > 0 ? ['asked: []'] : [])];
  return [
    `regions: [${regions.map(({ root }) => root?.number ?? -1).join(', ')}]`,
    [`open: (${[cell, numbers, ...remembered].join(', ')}) => (`, object([`...${cell}`, ...fields]), ')'],
    `read: (${cell}) => [${names.map((name) => `${cell}.${name}`).join(', ')}]`,
    ...(kept.length > 0
      ? [
          `histories: [${tree.histories.map(({ state }) => state.number).join(', ')}]`,
          `remembered: (${cell}) => [${kept.map((name) => `${cell}.${name}`).join(', ')}]`,
        ]
      : []),
  ];
}
