import { join } from 'node:path';
import { parseText } from '../syntax/parse-text.ts';
import { ts } from '../syntax/typescript.js';
import type { FragmentPlace, ReadText } from '../../model/edit/read.ts';
import type { Diagnostic, ImportNode, LocalNode, Location } from '../../model/index.ts';
import { definitionOf } from '../define/dsl-call.ts';
import { nameOf } from '../define/reference.ts';
import { readMembers } from '../members.ts';
import { Reading } from '../reading.ts';
import { expression } from '../scope/expression.ts';
import { readReached } from '../scope/reached.ts';
import type { Module, Site } from '../syntax/module.ts';
import { bare } from '../value/follow.ts';
import { linesAround, type Constants } from './around.ts';
import { kindOf, type InnerKind } from './kinds.ts';

/** Where fragments are read. */
export interface FragmentOptions {
  /** The folder that the paths of the model's imports start from. */
  readonly folder: string;
  /** Gives the content of a file, or throws as `fs.readFileSync` does. */
  readonly readFile: (path: string) => Uint8Array | string;
  /** What constants of definitions are called in the source. Default: as the lambdas of the model call them. */
  readonly constants?: Constants;
  /** The statement by which the source imports `z`, where nothing of the model needs it yet. */
  readonly zod?: string;
}

/** The name of the text in diagnostics. */
const shown = '(text)';
const probe = 'fragment$';

/**
 * Makes a reader of the texts of edits: each is read as it would be in its place in a `.dsl.ts` of the model. Lines and
 * columns of diagnostics count in the text. What it gives has no locations: the text stands nowhere yet.
 *
 * Codes: MR1775 (the text is not what stands in this place), and those of reading.
 */
export function fragmentReader({ folder, readFile, constants = new Map(), zod }: FragmentOptions): ReadText {
  const path = join(folder, 'fragment$.dsl.ts');
  return (text, place) => {
    const normal = text.replaceAll('\r\n', '\n');
    const around = linesAround(normal, place, constants, zod);
    const isStatement = statementKinds.has(place.kind) && !isCallText(normal);
    const kind = statementKinds.has(place.kind) ? undefined : kindOf(place.kind as InnerKind, place, normal);
    const before = isStatement ? around : `${around}export const ${probe} = (${kind?.before ?? ''}\n`;
    const after = isStatement ? `\n${reaching(normal, place)}` : `\n${kind?.after ?? ''});\n`;
    const reading = new Reading(path, folder, (file) => (file === path ? before + normal + after : readFile(file)));
    const module = reading.module(path);
    const line = before.split('\n').length - 1;
    const problems = (): readonly Diagnostic[] => inText(reading.diagnostics, line, normal);
    if (module === undefined || reading.diagnostics.length > 0) return { diagnostics: problems() };
    const not = (message: string, hint: string): { readonly diagnostics: readonly Diagnostic[] } => {
      const [end = ''] = normal.split('\n').slice(-1);
      const whole = { file: shown, line: 1, column: 1, endLine: normal.split('\n').length, endColumn: end.length + 1 };
      return { diagnostics: [{ code: 'MR1775', severity: 'error', message, ...whole, hint }] };
    };
    try {
      const given = isStatement
        ? statement(reading, module, place)
        : inner(reading, module, place, before.length, normal.length);
      const errors = problems().filter(({ severity }) => severity === 'error');
      if (errors.length > 0) return { diagnostics: errors };
      if ('problem' in given) return not(given.problem, given.hint);
      return { node: unplaced(given.node), ...brought(reading, place) };
    } catch (thrown) {
      // The walks are recursive: a text can be nested deeper than the stack.
      if (!(thrown instanceof RangeError)) throw thrown;
      return not('This is nested too deeply to be read.', 'Split what is nested into constants and functions.');
    }
  };
}

const statementKinds: ReadonlySet<string> = new Set('event task agent resource flow machine local import'.split(' '));

/** A lambda that reaches a declaration: what it names gets into the model, with all that it needs itself. */
function reaching(text: string, { kind, name }: FragmentPlace): string {
  if (kind !== 'local' && kind !== 'import') return '';
  const isType = /(?:^|[\n;}])\s*(?:export\s+)?(?:declare\s+)?(?:type|interface|import\s+type)\b/.test(text);
  return `const ${probe} = (${isType ? `it: ${name}` : ''}) => ${isType ? 'it' : name};\n`;
}

/** Is this text only what stands behind the `=` of a definition? */
function isCallText(text: string): boolean {
  const source = parseText(text);
  const [only, second] = source.statements;
  return only !== undefined && second === undefined && ts.isExpressionStatement(only);
}

type Given = { readonly node: unknown } | { readonly problem: string; readonly hint: string };

/** Reads what stands in brackets, behind the constant. */
function inner(reading: Reading, module: Module, place: FragmentPlace, start: number, length: number): Given {
  const value = module.bindings.get(probe)?.value;
  const initializer = value?.kind === 'const' ? value.declaration.initializer : undefined;
  const statements = module.source.statements.at(-1);
  const isWhole =
    initializer !== undefined && ts.isParenthesizedExpression(initializer) && initializer.end > start + length;
  const isLast = value?.kind === 'const' && value.statement === statements;
  if (!isWhole || !isLast || isSequence(initializer))
    return {
      problem: 'This text is more than one piece of code.',
      hint: 'Give the text of one thing, as it stands in a file.',
    };
  if (statementKinds.has(place.kind)) return definition(reading, module, place, probe);
  const kind = kindOf(place.kind as InnerKind, place, module.text.slice(start, start + length));
  const site: Site<ts.Expression> = { module, node: bare(initializer) };
  const found = kind.read(reading, site);
  if (kind.isOne !== true) return found === undefined ? notRead(place) : { node: found };
  const [only, second] = Array.isArray(found) ? (found as readonly unknown[]) : [];
  if (only !== undefined && second === undefined) return { node: only };
  if (only === undefined) return notRead(place);
  return { problem: `This text has several of what '${place.path}' is one of.`, hint: 'Make an edit of each.' };
}

function isSequence(node: ts.Expression): boolean {
  const value = bare(node);
  return ts.isBinaryExpression(value) && value.operatorToken.kind === ts.SyntaxKind.CommaToken;
}

function notRead({ kind, path }: FragmentPlace): Given {
  return {
    problem: `This text is no ${kind}, which '${path}' is.`,
    hint: 'docs/editing.md shows the notation of each place.',
  };
}

/** Reads a declaration of its own: a definition, a local, an import. */
function statement(reading: Reading, module: Module, place: FragmentPlace): Given {
  const { kind, name } = place;
  if (kind !== 'local' && kind !== 'import') {
    const constants = [...module.bindings.values()].filter(({ value }) => {
      const found = definitionOf(reading, module, value);
      return found !== undefined && nameOf(reading, found) === name;
    });
    const [constant] = constants;
    return definition(reading, module, place, constant?.name ?? name);
  }
  const binding = module.bindings.get(name);
  if (binding === undefined)
    return {
      problem: `This text declares no '${name}'.`,
      hint: `Write \`${kind === 'local' ? `const ${name} = …` : `import { ${name} } from '…'`}\`.`,
    };
  const value = module.bindings.get(probe)?.value;
  const initializer = value?.kind === 'const' ? value.declaration.initializer : undefined;
  if (initializer !== undefined) expression(reading, { module, node: initializer });
  const { locals, imports } = readReached(reading);
  const node = kind === 'local' ? locals[name] : imports[name];
  return node === undefined ? notRead(place) : { node };
}

function definition(reading: Reading, module: Module, { kind, name }: FragmentPlace, constant: string): Given {
  const found = definitionOf(reading, module, module.bindings.get(constant)?.value);
  const given = found && nameOf(reading, found);
  const hint = `Write \`${kind}('${name}', { … })\`, as it stands behind \`export const … =\`.`;
  if (found === undefined || found.verb !== kind) return { problem: `This text declares no ${kind}.`, hint };
  if (given !== name) return { problem: `This text declares '${given}', not '${name}'.`, hint };
  const maps = readMembers(reading, [{ definition: found, name }]);
  return { node: Object.values(maps).flatMap((map) => Object.values<object>(map))[0] };
}

/** What the text needs and the model does not have. */
function brought(
  reading: Reading,
  { model, kind, name }: FragmentPlace,
): { readonly locals?: readonly LocalNode[]; readonly imports?: readonly ImportNode[] } {
  const { locals, imports } = readReached(reading);
  const own = Object.values(locals).filter(
    (node) => !Object.hasOwn(model.locals, node.name) && !(kind === 'local' && node.name === name),
  );
  const other = Object.values(imports).filter(
    (node) => !Object.hasOwn(model.imports, node.name) && !(kind === 'import' && node.name === name),
  );
  const at = <T extends LocalNode | ImportNode>(node: T): T => ({ ...node, location: model.location });
  return {
    ...(own.length > 0 && { locals: own.map(at) }),
    ...(other.length > 0 && { imports: other.map(at) }),
  };
}

/** Diagnostics in the lines of the text alone. */
function inText(diagnostics: readonly Diagnostic[], before: number, text: string): readonly Diagnostic[] {
  const lines = text.split('\n');
  const last = { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
  const moved = (line: number, column: number): { line: number; column: number } => {
    if (line - before > lines.length) return last;
    return line <= before ? { line: 1, column: 1 } : { line: line - before, column };
  };
  return diagnostics.map(({ code, severity, message, hint, line, column, endLine, endColumn }) => {
    const [start, end] = [moved(line, column), moved(endLine, endColumn)];
    const place = { file: shown, ...start, endLine: end.line, endColumn: end.column };
    return { code, severity, message, ...place, ...(hint !== undefined && { hint }) };
  });
}

function isLocation(value: object): value is Location {
  return 'file' in value && 'endColumn' in value && !('kind' in value);
}

/** A node without its places, for the text stands in no file. */
function unplaced(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unplaced);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(
    ([key, inner]) => !(key === 'location' && typeof inner === 'object' && inner !== null && isLocation(inner)),
  );
  return Object.fromEntries(members.map(([key, inner]) => [key, unplaced(inner)]));
}
