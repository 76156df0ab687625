import { ts } from '../syntax/typescript.js';
import { findExport, moduleBehind } from '../files/imports.ts';
import type { Reading } from '../reading.ts';
import type { Behind, Module, Site } from '../syntax/module.ts';
import { textOf } from '../syntax/location.ts';
import { nearest } from '../../core/index.ts';
import { propertiesOf } from './properties.ts';

/** Takes away what does not change a value: parentheses, `as const`, `as T`, `satisfies T`, `!`, `Object.freeze( )`. */
export function bare(node: ts.Expression): ts.Expression {
  let inner = node;
  for (;;) {
    if (
      ts.isParenthesizedExpression(inner) ||
      ts.isAsExpression(inner) ||
      ts.isSatisfiesExpression(inner) ||
      ts.isNonNullExpression(inner) ||
      ts.isTypeAssertionExpression(inner)
    ) {
      inner = inner.expression;
    } else if (isFreeze(inner)) {
      inner = inner.arguments[0] as ts.Expression;
    } else {
      return inner;
    }
  }
}

function isFreeze(node: ts.Expression): node is ts.CallExpression {
  return (
    ts.isCallExpression(node) &&
    node.arguments.length === 1 &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === 'freeze' &&
    ts.isIdentifier(node.expression.expression) &&
    node.expression.expression.text === 'Object'
  );
}

/** Follows a top-level name through the imports of relative modules. Reports nothing but files that cannot be read. */
export function behind(reading: Reading, module: Module, name: string): Behind | undefined {
  const binding = module.bindings.get(name);
  if (binding === undefined) return undefined;
  if (binding.value?.kind !== 'import') return { kind: 'declared', module, binding };
  const { from, imported, declaration } = binding.value;
  const target = moduleBehind(reading, { module, node: declaration }, from);
  if (target === 'outside') return { kind: 'outside', from, imported };
  if (target === undefined) return undefined;
  if (imported === '*') return { kind: 'module', module: target };
  return findExport(reading, target, imported);
}

/**
 * Follows an expression to where its value is written down: through parentheses and assertions, constants, imports of
 * relative modules, and members of constant objects. Gives nothing when that is not possible, and has said why.
 */
export function follow(
  reading: Reading,
  site: Site<ts.Expression>,
  seen: ReadonlySet<ts.Node> = new Set(),
): Site<ts.Expression> | undefined {
  const { module } = site;
  const node = bare(site.node);
  const here = { module, node };
  if (ts.isIdentifier(node)) {
    if (node.text === 'undefined') return here;
    const found = behind(reading, module, node.text);
    if (found === undefined) return unknownName(reading, { module, node }, node.text);
    return enter(reading, here, found, seen);
  }
  if (
    ts.isPropertyAccessExpression(node) ||
    (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression))
  ) {
    const key = ts.isPropertyAccessExpression(node)
      ? node.name.text
      : (node.argumentExpression as ts.StringLiteralLike).text;
    const object = bare(node.expression);
    if (ts.isIdentifier(object)) {
      const found = behind(reading, module, object.text);
      if (found?.kind === 'module') {
        const member = findExport(reading, found.module, key);
        if (member === undefined)
          return reading.report(
            'MR1115',
            here,
            `'${object.text}' exports no '${key}'.`,
            exportsHint(found.module, key),
          );
        return enter(reading, here, member, seen);
      }
    }
    const owner = follow(reading, { module, node: object }, seen);
    if (owner === undefined) return undefined;
    if (!ts.isObjectLiteralExpression(owner.node)) return here;
    const properties = propertiesOf(reading, { module: owner.module, node: owner.node }, (inner) =>
      follow(reading, inner, seen),
    );
    const property = properties.get(key);
    if (property === undefined)
      return reading.report('MR1115', here, `'${textOf({ module, node: object })}' has no member '${key}'.`);
    return follow(reading, property.value, seen);
  }
  return here;
}

function enter(
  reading: Reading,
  use: Site<ts.Expression>,
  found: Behind,
  seen: ReadonlySet<ts.Node>,
): Site<ts.Expression> | undefined {
  if (found.kind === 'expression') return follow(reading, found.site, seen);
  if (found.kind !== 'declared') {
    const what = found.kind === 'module' ? 'a whole module' : `imported from '${found.from}'`;
    return reading.report(
      'MR1101',
      use,
      `'${textOf(use)}' is ${what}, so its value is not known when the file is read.`,
      {
        hint: 'Write the value here, or as a constant in this file or in a file imported by a relative path.',
      },
    );
  }
  const { value, name } = found.binding;
  if (value?.kind === 'const' && value.declaration.initializer !== undefined) {
    if (seen.has(value.declaration)) return reading.report('MR1114', use, `'${name}' is defined by itself.`);
    const inner = { module: found.module, node: value.declaration.initializer };
    return follow(reading, inner, new Set([...seen, value.declaration]));
  }
  // Functions and classes are values of their own: the caller knows whether it can use one.
  if (value?.kind === 'function' || value?.kind === 'class' || value?.kind === 'enum') return use;
  const why =
    value?.kind === 'let'
      ? 'is a variable (`let` or `var`), not a constant'
      : value === undefined
        ? 'is a type, not a value'
        : 'is not a plain constant';
  return reading.report('MR1101', use, `'${name}' ${why}, so its value is not known when the file is read.`, {
    hint: `Declare it as \`const ${name} = …\`.`,
    ...(value !== undefined && 'declaration' in value
      ? {
          related: [{ message: `'${name}' is declared here`, site: { module: found.module, node: value.declaration } }],
        }
      : {}),
  });
}

function unknownName(reading: Reading, site: Site<ts.Identifier>, name: string): undefined {
  const binding = site.module.bindings.get(name);
  if (binding?.value?.kind === 'import') {
    // The file behind the import could not be read (reported there), or has no such export.
    const { from, imported, declaration } = binding.value;
    if (moduleBehind(reading, { module: site.module, node: declaration }, from) === undefined) return undefined;
    return reading.report('MR1115', site, `'${imported}' cannot be found in '${from}'.`);
  }
  const guess = nearest(name, [...site.module.bindings.keys()]);
  return reading.report('MR1115', site, `'${name}' is not declared in this file.`, {
    hint: guess === undefined ? 'Declare it at the top level of the file, or import it.' : `Did you mean '${guess}'?`,
    rename: guess,
  });
}

function exportsHint(module: Module, key: string): { hint: string } {
  const names = [...module.exports.keys()];
  const guess = nearest(key, names);
  return { hint: guess === undefined ? `It exports: ${names.join(', ') || 'nothing'}.` : `Did you mean '${guess}'?` };
}
