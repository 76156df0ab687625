import { dirname, join } from 'node:path/posix';
import type { FragmentPlace } from '../../model/edit/read.ts';
import type { ImportNode, SystemModel } from '../../model/index.ts';
import { declarationTexts, importLines } from '../../model/text/declarations.ts';
import { isIdentifier, quote } from '../../model/text/names.ts';
import { scan } from '../../model/text/scan.ts';
import { nameAll } from '../print/names.ts';
import { packageName } from '../syntax/dsl-name.ts';

/** What else the constants of definitions are called in the source: by the name in a file. */
export type Constants = ReadonlyMap<string, string>;

const verbs = {
  agents: 'agent',
  resources: 'resource',
  events: 'event',
  tasks: 'task',
  flows: 'flow',
  machines: 'machine',
} as const;
const words = ['event', 'task', 'agent', 'resource', 'flow', 'machine', 'part', 'failed'];

/**
 * The lines that a text is read behind: imports, declarations, and a constant for every definition, so that what the
 * text names means something. Ends with a line break.
 */
export function linesAround(
  text: string,
  { kind, name, model }: FragmentPlace,
  constants: Constants,
  zod = "import { z } from 'zod';",
): string {
  const declared = declaredIn(text);
  const isOwn = (each: string): boolean => declared.has(each);
  const locals = Object.values(model.locals).filter(
    (node) => !isOwn(node.name) && !(kind === 'local' && node.name === name),
  );
  const imports = Object.values(model.imports).filter((node) => !isOwn(node.name));
  const taken = new Set([...declared, ...locals.map((node) => node.name), ...imports.map((node) => node.name)]);
  const lines: string[] = [];
  const packageWords = words.filter((word) => !taken.has(word));
  lines.push(`import { ${packageWords.join(', ')} } from '${packageName}';`, ...importLines(imports, specifier));
  // Every system has schemas, but one without any names no import of it yet.
  if (!taken.has('z') && namesOf(text).has('z')) lines.push(zod);
  lines.push(...declarationTexts(locals));
  for (const word of packageWords) taken.add(word);
  const define = (constant: string, of: string): void => {
    const call = stub(model, of, kind === verbOf(model, of) && of === name);
    if (call === undefined || taken.has(constant) || !isIdentifier(constant)) return;
    taken.add(constant);
    lines.push(`export const ${constant} = ${call};`);
  };
  const named = nameAll(model);
  for (const [constant, of] of constants) define(constant, of);
  for (const [of, constant] of named.constants) define(constant, of);
  for (const [constant, of] of named.also) define(constant, of);
  return `${lines.join('\n')}\n`;
}

function verbOf(model: SystemModel, name: string): string | undefined {
  const map = (Object.keys(verbs) as (keyof typeof verbs)[]).find((key) => Object.hasOwn(model[key], name));
  return map && verbs[map];
}

/** A definition of which only the name and the fields of its payload count; nothing for the one that the text defines. */
function stub(model: SystemModel, name: string, isOwn: boolean): string | undefined {
  const verb = verbOf(model, name);
  if (verb === undefined || isOwn) return undefined;
  if (verb === 'event') return `event(${quote(name)}, { payload: ${model.events[name]?.payload.text ?? ''} })`;
  return verb === 'machine' ? `machine(${quote(name)}, {}).states([], {})` : `${verb}(${quote(name)}, {})`;
}

/** The path of an import, seen from the folder of the system. */
function specifier({ from, location }: ImportNode): string {
  const folder = dirname(location.file);
  if (!from.startsWith('.') || folder === '.') return from;
  const path = join(folder, from);
  return path.startsWith('.') ? path : `./${path}`;
}

/** The names that a text may declare at its top: more than it does is not harmful. */
function declaredIn(text: string): ReadonlySet<string> {
  const tokens = scan(text) ?? [];
  const found = new Set<string>();
  let depth = 0;
  let isImport = false;
  for (const [index, { type, value }] of tokens.entries()) {
    if (depth === 0 && type === 'name' && value === 'import') isImport = true;
    if (isImport && type === 'name') found.add(value);
    if (isImport && type === 'string') isImport = false;
    if (type === 'mark' && '([{'.includes(value)) depth += 1;
    if (type === 'mark' && ')]}'.includes(value)) depth -= 1;
    const next = tokens[index + 1];
    if (depth === 0 && /^(?:const|let|function|class|type|interface|enum)$/.test(value) && next?.type === 'name')
      found.add(next.value);
  }
  return found;
}

function namesOf(text: string): ReadonlySet<string> {
  return new Set(
    (scan(text) ?? []).flatMap(({ type, value, member }) => (type === 'name' && member !== true ? [value] : [])),
  );
}
