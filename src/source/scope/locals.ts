import { ts } from '../syntax/typescript.js';
import type { ImportNode, LocalNode } from '../../model/index.ts';
import { dslCall } from '../define/dsl-call.ts';
import { moduleBehind } from '../files/imports.ts';
import type { Reading } from '../reading.ts';
import { dslName, packageName } from '../syntax/dsl-name.ts';
import { locate, textOf } from '../syntax/location.ts';
import type { Binding, Module, Site, ValueBinding } from '../syntax/module.ts';
import { behind } from '../value/follow.ts';
import { enter } from './enter.ts';
import { judgeImport } from './globals.ts';
import { inspect } from './inspect.ts';
import { cannotMove, needs } from './needs.ts';

/** Is this a file that declares, so that compiled code must not import it? */
function isDsl({ path, bindings }: Module): boolean {
  if (/\.dsl\.m?ts$/.test(path)) return true;
  return [...bindings.values()].some(
    ({ value }) => value?.kind === 'import' && value.from === packageName && !value.typeOnly,
  );
}

/** Notes that a top-level name is needed and gives its key. */
export function need(reading: Reading, use: Site<ts.Identifier>, binding: Binding): string | undefined {
  const { value, name } = binding;
  if (value?.kind === 'import') return needImport(reading, use, name, value);
  return needDeclared(reading, use, use.module, binding);
}

/** The same for a name that `module` declares itself. */
function needDeclared(
  reading: Reading,
  use: Site<ts.Identifier>,
  module: Module,
  binding: Binding,
): string | undefined {
  const { value, name } = binding;
  if (isDeclared(reading, module, value)) return misused(reading, use);
  if (value?.kind === 'let') {
    return reading.report('MR1406', use, `'${name}' is a variable that may change.`, {
      hint: 'Declare it with `const`.',
      related: [{ message: 'It is declared here', site: { module, node: value.declaration } }],
    });
  }
  if (value?.kind === 'ambient') return cannotMove(reading, use, `'${name}', which is only declared,`);
  if (value?.kind === 'namespace') return cannotMove(reading, use, `The namespace '${name}'`);
  return needLocal(reading, use, module, binding);
}

/** Is this constant made by a function of the package? Such a thing is not copied into compiled modules. */
function isDeclared(reading: Reading, module: Module, value: ValueBinding | undefined): boolean {
  return (
    value?.kind === 'const' &&
    value.declaration.initializer !== undefined &&
    dslCall(reading, module, value.declaration.initializer) !== undefined
  );
}

function misused(reading: Reading, use: Site): undefined {
  return reading.report(
    'MR1408',
    use,
    `'${textOf(use)}' is a definition; here it can only be called, as the whole of a step's or action's lambda.`,
    {
      hint: 'If you need its schema, name the schema with a constant and use that.',
    },
  );
}

function needImport(
  reading: Reading,
  use: Site<ts.Identifier>,
  name: string,
  value: Extract<ValueBinding, { kind: 'import' }>,
): string | undefined {
  const { module } = use;
  if (!value.typeOnly) {
    const judged = judgeImport(value.from, value.imported);
    if (judged !== undefined)
      reading.report(
        judged.code,
        use,
        `'${name}' from '${value.from}' ${judged.why}, which a pure expression cannot do.`,
        { hint: judged.hint },
      );
    if (dslName(module, use.node) !== undefined) {
      return reading.report('MR1408', use, `'${name}' declares things; it has no place in a lambda or schema.`, {
        hint: 'Call it at the top level of the file.',
      });
    }
  }
  if (value.from.startsWith('.')) {
    const found = behind(reading, module, name);
    if (found?.kind === 'declared' && isDsl(found.module))
      return needFromDsl(reading, use, name, found.module, found.binding);
    if (found?.kind === 'module' && isDsl(found.module)) return needNamespace(reading, use, name, found.module);
    if (found?.kind === 'declared') inspect(reading, use, found.module, found.binding);
    const isRead = moduleBehind(reading, { module, node: value.declaration }, value.from) !== undefined;
    if (found === undefined) {
      return isRead
        ? reading.report('MR1115', use, `'${value.imported}' cannot be found in '${value.from}'.`)
        : undefined;
    }
  }
  const { imported, from, typeOnly } = value;
  const node: ImportNode = {
    kind: 'import',
    name,
    imported,
    from,
    typeOnly,
    location: locate({ module, node: value.declaration }),
  };
  return enter(reading, use, node, () => []);
}

/** A name from another DSL file: its declaration is copied like a local one, under the name used here. */
function needFromDsl(
  reading: Reading,
  use: Site<ts.Identifier>,
  name: string,
  module: Module,
  binding: Binding,
): string | undefined {
  if (binding.name === name) return needDeclared(reading, use, module, binding);
  const typeOnly = binding.value === undefined;
  const text = aliasText({ module, node: use.node }, name, binding);
  const node: LocalNode = { kind: 'local', name, text, typeOnly, uses: [], location: locate(use) };
  return enter(reading, use, node, () => {
    const key = needFromDsl(reading, use, binding.name, module, binding);
    return key === undefined ? [] : [key];
  });
}

/** A declaration that gives another name to a value, a type, or both. */
function aliasText({ module }: Site, name: string, { name: of, value, types }: Binding): string {
  const lines = value === undefined ? [] : [`const ${name} = ${of};`];
  const statements = value !== undefined && 'statements' in value ? value.statements : [];
  const [type] = [...types, ...statements.filter((node) => ts.isClassDeclaration(node) || ts.isEnumDeclaration(node))];
  if (type !== undefined) {
    const parameters =
      (type as ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.ClassDeclaration).typeParameters ?? [];
    const written = parameters.map((node) => textOf({ module, node }));
    const names = parameters.map((parameter) => parameter.name.text);
    const list = (items: readonly string[]): string => (items.length === 0 ? '' : `<${items.join(', ')}>`);
    lines.push(`type ${name}${list(written)} = ${of}${list(names)};`);
  }
  return lines.join('\n');
}

/** A whole DSL file under one name: an object of the constants, functions and classes that it exports. */
function needNamespace(reading: Reading, use: Site<ts.Identifier>, name: string, module: Module): string | undefined {
  const exported = [...module.exports.values()].flatMap(({ name: local, from }) => {
    const binding = from === undefined ? module.bindings.get(local) : undefined;
    const value = binding?.value;
    if (binding === undefined || value === undefined || !['const', 'function', 'class', 'enum'].includes(value.kind))
      return [];
    return isDeclared(reading, module, value) ? [] : [binding];
  });
  const text = `const ${name} = { ${exported.map((binding) => binding.name).join(', ')} };`;
  const node: LocalNode = { kind: 'local', name, text, typeOnly: false, uses: [], location: locate(use) };
  return enter(reading, use, node, () =>
    exported.flatMap((binding) => needFromDsl(reading, use, binding.name, module, binding) ?? []),
  );
}

function needLocal(reading: Reading, use: Site, module: Module, binding: Binding): string | undefined {
  const { value, types, name } = binding;
  const parts: { site: Site; text: string }[] = [];
  if (value?.kind === 'const' || value?.kind === 'pattern') {
    const site = { module, node: value.declaration };
    // Of several constants in one statement the first has the comment.
    const isFirst = value.statement.declarationList.declarations[0] === value.declaration;
    const comment = isFirst ? commentAbove({ module, node: value.statement }) : '';
    parts.push({ site, text: `${comment}const ${textOf(site)};` });
  } else if (value !== undefined && 'statements' in value) {
    for (const node of value.statements)
      parts.push({ site: { module, node }, text: declarationText({ module, node }) });
  }
  for (const node of types) parts.push({ site: { module, node }, text: declarationText({ module, node }) });
  const first = parts[0];
  if (first === undefined) return undefined;
  const node: LocalNode = {
    kind: 'local',
    name,
    text: parts.map((part) => part.text).join('\n'),
    typeOnly: value === undefined,
    uses: [],
    location: locate(first.site),
  };
  return enter(reading, use, node, () =>
    parts.flatMap(({ site }) => [...needs(reading, site, new Set(), (inner, other) => need(reading, inner, other))]),
  );
}

/** The text of a declaration without `export` and `default`. */
function declarationText(site: Site<ts.Statement>): string {
  const { module, node } = site;
  const skipped = ts.canHaveModifiers(node)
    ? ts
        .getModifiers(node)
        ?.findLast(({ kind }) => kind === ts.SyntaxKind.ExportKeyword || kind === ts.SyntaxKind.DefaultKeyword)
    : undefined;
  const text =
    skipped === undefined
      ? textOf(site)
      : module.text.slice(skipped.end, node.end).replaceAll('\r\n', '\n').trimStart();
  const whole = ts.isTypeAliasDeclaration(node) && !text.endsWith(';') ? `${text};` : text;
  return `${commentAbove(site)}${whole}`;
}

/** The comments right above a statement, each on lines of its own; those of the file's head, before a blank line, stay there. */
function commentAbove({ module, node }: Site): string {
  const ranges = ts.getLeadingCommentRanges(module.text, node.pos) ?? [];
  let end = node.getStart(module.source);
  let start = end;
  for (const range of ranges.toReversed()) {
    const between = module.text.slice(range.end, end);
    // What stands behind the statement before, or apart from this one, is about something else.
    const isOwnLine = range.pos === 0 || /\n[ \t]*$/.test(module.text.slice(0, range.pos));
    if (!isOwnLine || /\n\s*\n/.test(between)) break;
    start = end = range.pos;
  }
  return module.text.slice(start, node.getStart(module.source)).replaceAll('\r\n', '\n');
}
