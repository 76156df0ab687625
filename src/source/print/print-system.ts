import { dirname, join } from 'node:path/posix';
import type { Diagnostic, ImportNode, SystemModel } from '../../model/index.ts';
import { usedNames } from '../../model/hash/uses.ts';
import { declarationTexts, importLines } from '../../model/text/declarations.ts';
import { print } from '../../model/text/doc.ts';
import { quote } from '../../model/text/names.ts';
import { comment } from './common.ts';
import { inOrder } from './order.ts';
import { printDefinition, systemOptions, type DefinitionNode } from './definitions.ts';
import type { Word } from './names.ts';
import { Printing } from './printing.ts';

/** A system as text, or why it cannot be written. */
export interface PrintedSystem {
  /** The `.dsl.ts`; absent when there is an error. */
  readonly text?: string;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Writes a system as one `.dsl.ts`: imports, declarations, and every definition. What is read from the text is the
 * same system, with the same hash. A model that no text says (one that refers to what it does not hold, say) gives
 * MR1740 or MR1741, and no text.
 *
 * @example
 * ```ts
 * import { printSystem, readSystem } from 'millrace/source';
 *
 * const { system } = await readSystem('orders.dsl.ts');
 * if (system !== undefined) console.log(printSystem(system).text);
 * ```
 */
export function printSystem(model: SystemModel): PrintedSystem {
  const to = new Printing(model);
  const names = usedNames(model, model);
  const definitions = inOrder(model).map((node) => printWithOthers(to, node));
  return assemble(to, names, definitions);
}

/** A definition, and the other constants that lambdas call it by. */
export function printWithOthers(to: Printing, node: DefinitionNode): string {
  const others = [...to.names.also].filter(([, name]) => name === node.name).map(([constant]) => constant);
  const constant = to.names.constants.get(node.name);
  return [printDefinition(to, node), ...others.map((other) => `const ${other} = ${constant};`)].join('\n');
}

/** Puts a file together from its definitions and the names of the declarations and imports that it has. */
export function assemble(to: Printing, names: readonly string[], definitions: readonly string[]): PrintedSystem {
  const { model, diagnostics } = to;
  checkNames(to);
  const pick = <T>(nodes: Readonly<Record<string, T>>): T[] =>
    names.flatMap((name) => (Object.hasOwn(nodes, name) ? [nodes[name] as T] : []));
  const locals = pick(model.locals);
  for (const { uses, location, name } of locals) {
    const absent = uses.filter((use) => !Object.hasOwn(model.locals, use) && !Object.hasOwn(model.imports, use));
    for (const use of absent) to.missing(location, `'${name}' needs '${use}', which the model does not hold.`);
  }
  const call = ['export default ', to.word('system'), '(', quote(model.name), ', ', systemOptions(to), ');'];
  const text = [
    [...importOwn(to), ...importLines(pick(model.imports), specifier)].join('\n'),
    `${comment(model)}${print(call, 0, 120)}`,
    ...declarations(declarationTexts(locals)),
    ...definitions,
  ].join('\n\n');
  return diagnostics.length > 0 ? { diagnostics } : { text: `${text}\n`, diagnostics };
}

/** `import { event, task } from 'millrace';` */
function importOwn(to: Printing): readonly string[] {
  const bindings = [...to.words].toSorted().map((word: Word) => {
    const name = to.names.words[word];
    return name === word ? word : `${word} as ${name}`;
  });
  return [`import { ${bindings.join(', ')} } from 'millrace';`];
}

/** The path of an import, seen from the folder of the system. */
function specifier({ from, location }: ImportNode): string {
  const folder = dirname(location.file);
  if (!from.startsWith('.') || folder === '.') return from;
  const path = join(folder, from);
  return path.startsWith('.') ? path : `./${path}`;
}

/** Short declarations stand together; those with comments or on several lines stand apart. */
function declarations(texts: readonly string[]): readonly string[] {
  const blocks: string[] = [];
  let open = false;
  for (const text of texts) {
    const isShort = !text.includes('\n');
    if (isShort && open) blocks[blocks.length - 1] += `\n${text}`;
    else blocks.push(text);
    open = isShort;
  }
  return blocks;
}

/** Events, tasks, agents, resources, flows and machines share one set of names. */
function checkNames(to: Printing): void {
  const { agents, resources, events, tasks, flows, machines } = to.model;
  const seen = new Set<string>();
  for (const map of [agents, resources, events, tasks, flows, machines]) {
    for (const [key, { name, location }] of Object.entries(map)) {
      if (key !== name) to.cannot(location, `'${name}' is kept under the name '${key}'.`, 'Both are one name.');
      if (seen.has(name))
        to.cannot(location, `The name '${name}' is used twice.`, 'All definitions of a system share one set of names.');
      seen.add(name);
    }
  }
}
