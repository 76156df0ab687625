import { ts } from 'ts-morph';
import type { ImportNode, LocalNode } from '../../model/index.ts';
import { dslCall } from '../define/dsl-call.ts';
import type { Reading } from '../reading.ts';
import { dslName } from '../syntax/dsl-name.ts';
import { locate, textOf } from '../syntax/location.ts';
import type { Binding, Module, Site, ValueBinding } from '../syntax/module.ts';
import { nearest } from '../../core/index.ts';
import { behind } from '../value/follow.ts';
import { asynchronous, currentDate, judgeGlobal, judgeImport, judgeMember, outside, type Impurity } from './globals.ts';
import { walk } from './walk.ts';

const isDsl = (module: Module): boolean => /\.dsl\.m?ts$/.test(module.path);

/**
 * The keys in `system.locals` and `system.imports` that a piece of source reaches, transitively and sorted. Reports
 * what a pure lambda must not do, in the piece and in everything it reaches.
 */
export function reach(
  reading: Reading,
  pieces: readonly Site[],
  given: ReadonlySet<string> = new Set(),
): readonly string[] {
  const direct = new Set<string>();
  for (const piece of pieces) for (const key of needs(reading, piece, given)) direct.add(key);
  return closure(reading, direct);
}

/** Everything that some keys reach, themselves included. */
export function closure(reading: Reading, direct: Iterable<string>): readonly string[] {
  const all = new Set<string>();
  const open = [...direct];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (all.has(key)) continue;
    all.add(key);
    open.push(...(reading.reached.get(key)?.needs ?? []));
  }
  return [...all].sort();
}

function needs(reading: Reading, site: Site, given: ReadonlySet<string>): Set<string> {
  const { module } = site;
  const keys = new Set<string>();
  const at = <N extends ts.Node>(node: N): Site<N> => ({ module, node });
  const impure = (node: ts.Node, { code, why, hint }: Impurity): void =>
    void reading.report(code, at(node), `\`${textOf(at(node))}\` ${why}, which a pure expression cannot do.`, { hint });
  const isGlobal = (name: string): boolean => !module.bindings.has(name);

  walk(
    site.node,
    {
      free(identifier, meaning) {
        const name = identifier.text;
        const binding = module.bindings.get(name);
        if (binding !== undefined) {
          const key = need(reading, at(identifier), binding);
          if (key !== undefined) keys.add(key);
          return;
        }
        if (meaning === 'type') return;
        const judged = judgeGlobal(name);
        if (judged === 'unknown') unknown(reading, at(identifier), name);
        else if (judged !== undefined) impure(identifier, judged);
      },
      freeMember(object, member, node) {
        const binding = module.bindings.get(object.text)?.value;
        const judged =
          binding?.kind === 'import' && ['*', 'default'].includes(binding.imported)
            ? judgeImport(binding.from, member)
            : isGlobal(object.text)
              ? judgeMember(object.text, member)
              : undefined;
        if (judged !== undefined) impure(node, judged);
      },
      current(callee, node) {
        if (callee.text === 'Date' && isGlobal('Date')) impure(node, currentDate);
      },
      change(root, node, how) {
        const inside = given.has(root.text) && isGlobal(root.text);
        reading.report(
          'MR1407',
          at(node),
          `This ${how} '${root.text}', which ${inside ? 'was handed in' : 'is declared outside'}.`,
          {
            hint: inside
              ? 'Make a changed copy: `{ ...value, field: … }`, `[...list, item]`, `toSorted()`.'
              : 'A pure expression only gives a value; keep state in a machine’s context.',
          },
        );
      },
      self(node) {
        reading.report('MR1405', at(node), `\`${textOf(at(node))}\` has no meaning here.`, {
          hint: 'Take what you need from the parameter.',
        });
      },
      asynchronous(node) {
        impure(node, asynchronous);
      },
      moduleOnly(node) {
        if (ts.isImportTypeNode(node)) cannotMove(reading, at(node), 'An import type');
        else impure(node, outside);
      },
    },
    given,
  );
  return keys;
}

function unknown(reading: Reading, site: Site, name: string): void {
  const guess = nearest(name, [...site.module.bindings.keys()]);
  reading.report('MR1115', site, `'${name}' is neither in the scope nor declared in this file.`, {
    hint:
      guess === undefined
        ? 'Take it from the parameter, declare it at the top level of the file, or import it.'
        : `Did you mean '${guess}'?`,
  });
}

function cannotMove(reading: Reading, site: Site, what: string): undefined {
  return reading.report('MR1116', site, `${what} cannot be copied into the compiled module.`, {
    hint: 'Use a plain `const`, `function`, `class`, `interface` or `type` at the top level, or a normal import.',
  });
}

/** Notes that a top-level name is needed and gives its key. */
function need(reading: Reading, use: Site<ts.Identifier>, binding: Binding): string | undefined {
  const { value } = binding;
  const { module } = use;
  if (value?.kind === 'import') return needImport(reading, use, binding.name, value);
  if (isDeclared(reading, module, value)) return misused(reading, use);
  if (value?.kind === 'let') {
    return reading.report('MR1406', use, `'${use.node.text}' is a variable that may change.`, {
      hint: 'Declare it with `const`.',
      related: [{ message: 'It is declared here', site: { module, node: value.declaration } }],
    });
  }
  if (value?.kind === 'ambient') return cannotMove(reading, use, `'${use.node.text}', which is only declared,`);
  if (value?.kind === 'pattern')
    return cannotMove(reading, use, `'${use.node.text}', which is taken apart from another value,`);
  if (value?.kind === 'namespace') return cannotMove(reading, use, `The namespace '${use.node.text}'`);
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
    if (found === undefined)
      return reading.report('MR1115', use, `'${value.imported}' cannot be found in '${value.from}'.`);
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
  if (binding.name === name) {
    const inner = { module, node: use.node };
    if (isDeclared(reading, module, binding.value)) return misused(reading, use);
    if (
      binding.value !== undefined &&
      binding.value.kind !== 'import' &&
      !('statements' in binding.value) &&
      binding.value.kind !== 'const'
    ) {
      return cannotMove(reading, use, `'${name}'`);
    }
    return needLocal(reading, inner, module, binding);
  }
  const typeOnly = binding.value === undefined;
  const text = typeOnly ? `type ${name} = ${binding.name};` : `const ${name} = ${binding.name};`;
  const node: LocalNode = { kind: 'local', name, text, typeOnly, uses: [], location: locate(use) };
  return enter(reading, use, node, () => {
    const key = needFromDsl(reading, use, binding.name, module, binding);
    return key === undefined ? [] : [key];
  });
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
  if (value?.kind === 'const') {
    const site = { module, node: value.declaration };
    parts.push({ site, text: `const ${textOf(site)};` });
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
  return enter(reading, use, node, () => parts.flatMap(({ site }) => [...needs(reading, site, new Set())]));
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
  return ts.isTypeAliasDeclaration(node) && !text.endsWith(';') ? `${text};` : text;
}

/** Keeps a local or import under its name; two different ones of the same name are a problem. */
function enter(
  reading: Reading,
  use: Site,
  node: LocalNode | ImportNode,
  inner: () => Iterable<string>,
): string | undefined {
  const earlier = reading.reached.get(node.name);
  if (earlier !== undefined) {
    if (same(earlier.node, node)) return node.name;
    return reading.report(
      'MR1110',
      use,
      `'${node.name}' means something else here than in another file of the system.`,
      {
        hint: 'Give one of the two another name: the compiled module has both side by side.',
        related: [{ message: `Here '${node.name}' is another thing`, site: earlier.site }],
      },
    );
  }
  const own = new Set<string>();
  reading.reached.set(node.name, { node, needs: own, site: use });
  for (const key of inner()) own.add(key);
  return node.name;
}

function same(a: LocalNode | ImportNode, b: LocalNode | ImportNode): boolean {
  if (
    a.location.file === b.location.file &&
    a.location.line === b.location.line &&
    a.location.column === b.location.column
  )
    return true;
  if (a.kind === 'local') return b.kind === 'local' && a.text === b.text;
  if (b.kind === 'local' || a.imported !== b.imported) return false;
  const folder = (file: string): string => file.split('/').slice(0, -1).join('/');
  return a.from === b.from && (!a.from.startsWith('.') || folder(a.location.file) === folder(b.location.file));
}
