import { ts } from '../syntax/typescript.js';
import { nearest } from '../../core/index.ts';
import type { Reading } from '../reading.ts';
import { textOf } from '../syntax/location.ts';
import type { Binding, Module, Site } from '../syntax/module.ts';
import { bare, behind } from '../value/follow.ts';
import {
  asynchronous,
  currentDate,
  judgeGlobal,
  judgeImport,
  judgeMember,
  judgeWhole,
  outside,
  type Impurity,
} from './globals.ts';
import { namesOf } from './aliases.ts';
import { walk } from './walk.ts';

/** What is done with a top-level name that a piece of source needs; gives its key in the model, if it gets one. */
export type Take = (use: Site<ts.Identifier>, binding: Binding) => string | undefined;

/**
 * Walks a piece of source: hands every top-level name that it needs to `take`, reports what a pure expression must not
 * do, and gives the keys.
 */
export function needs(reading: Reading, site: Site, given: ReadonlySet<string>, take: Take): Set<string> {
  const { module } = site;
  const keys = new Set<string>();
  const at = <N extends ts.Node>(node: N): Site<N> => ({ module, node });
  const impure = (node: ts.Node, { code, why, hint }: Impurity): void =>
    reading.report(code, at(node), `\`${textOf(at(node))}\` ${why}, which a pure expression cannot do.`, { hint });
  const isGlobal = (name: string): boolean => !module.bindings.has(name);

  walk(
    site.node,
    {
      free(identifier, meaning) {
        const name = identifier.text;
        // A key is the name itself: what is noted need not be noted again.
        if (keys.has(name)) return;
        const binding = module.bindings.get(name);
        if (binding !== undefined) {
          const key = take(at(identifier), binding);
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
      whole(identifier) {
        const judged = isGlobal(identifier.text) ? judgeWhole(identifier.text) : undefined;
        if (judged === undefined) return;
        const { code, hint } = judged;
        const message = `\`${identifier.text}\` under another name ${judged.why} where nobody sees it.`;
        const plain = `Use it where it stands, such as \`${identifier.text === 'Math' ? 'Math.max(…)' : 'new Date(value)'}\`. `;
        reading.report(code, at(identifier), message, { hint: `${plain}${hint}` });
      },
      current(callee, node) {
        if (callee.text === 'Date' && isGlobal('Date')) impure(node, currentDate);
      },
      change(root, node, how, of = root.text) {
        const inside = given.has(of) && isGlobal(of);
        const what = `'${root.text}', which ${of === root.text ? '' : `is part of '${of}' and `}`;
        reading.report('MR1407', at(node), `This ${how} ${what}${inside ? 'was handed in' : 'is declared outside'}.`, {
          hint: inside ? copyHint : 'A pure expression only gives a value; keep state in a machine’s context.',
        });
      },
      lend(callee, index, argument, of) {
        const found = behind(reading, module, callee.text);
        if (found?.kind !== 'declared' || !changesParameter(found.binding, index)) return;
        const inside = given.has(of) && isGlobal(of);
        const message = `'${callee.text}' changes what it is given, and '${of}' ${inside ? 'was handed in' : 'is declared outside'}.`;
        reading.report('MR1407', at(argument), message, { hint: copyHint });
      },
      collection(root, node, how) {
        if (!isCollection(reading, module, root.text)) return;
        reading.report('MR1407', at(node), `This ${how} '${root.text}', which is declared outside.`, {
          hint: 'A pure expression only gives a value; keep state in a machine’s context.',
        });
      },
      format(made, node) {
        const initializer = ts.isIdentifier(made) ? initializerOf(reading, module, made.text)?.node : made;
        if (initializer !== undefined && isDateFormat(initializer) && isGlobal('Intl')) impure(node, currentDate);
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

const copyHint = 'Make a changed copy: `{ ...value, field: … }`, `[...list, item]`, `toSorted()`.';

/** Does a function of the top level change what it gets as this parameter? */
function changesParameter({ value }: Binding, index: number): boolean {
  const made =
    value?.kind === 'function'
      ? value.statements.find((each) => ts.isFunctionDeclaration(each) && each.body !== undefined)
      : value?.kind === 'const' && value.declaration.initializer !== undefined
        ? bare(value.declaration.initializer)
        : undefined;
  if (made === undefined || !ts.isFunctionLike(made)) return false;
  const parameter = made.parameters[index];
  if (parameter === undefined) return false;
  let changes = false;
  const names = namesOf(parameter);
  const nothing = (): void => undefined;
  walk(
    made,
    {
      free: nothing,
      freeMember: nothing,
      whole: nothing,
      current: nothing,
      collection: nothing,
      format: nothing,
      self: nothing,
      asynchronous: nothing,
      moduleOnly: nothing,
      change: (root, _node, _how, of = root.text) => (changes ||= names.has(of)),
    },
    names,
  );
  return changes;
}

/** What a name of the top level was made from, here or in another file. */
function initializerOf(reading: Reading, module: Module, name: string): Site<ts.Expression> | undefined {
  const found = behind(reading, module, name);
  if (found?.kind !== 'declared' || found.binding.value?.kind !== 'const') return undefined;
  const { initializer } = found.binding.value.declaration;
  return initializer === undefined ? undefined : { module: found.module, node: initializer };
}

/** Is this a Map or Set of the top level, or something that holds one? */
function isCollection(reading: Reading, module: Module, name: string): boolean {
  const made = initializerOf(reading, module, name);
  const holds = (node: ts.Node): boolean =>
    (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && collections.has(node.expression.text)) ||
    (!ts.isFunctionLike(node) && (ts.forEachChild(node, (inner) => holds(inner) || undefined) ?? false));
  return made !== undefined && holds(made.node);
}

const collections = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'URLSearchParams', 'Headers', 'FormData']);

/** `new Intl.DateTimeFormat(…)`, also without `new`. */
function isDateFormat(node: ts.Expression): boolean {
  const inner = bare(node);
  if (!ts.isNewExpression(inner) && !ts.isCallExpression(inner)) return false;
  const callee = inner.expression;
  return (
    ts.isPropertyAccessExpression(callee) &&
    callee.name.text === 'DateTimeFormat' &&
    ts.isIdentifier(callee.expression) &&
    callee.expression.text === 'Intl'
  );
}

function unknown(reading: Reading, site: Site, name: string): void {
  const { bindings, exports } = site.module;
  const guess = nearest(name, [...bindings.keys()]);
  // What is exported is a definition, and those are named elsewhere.
  const own = [...bindings].filter(([each, { value }]) => value && value.kind !== 'import' && !exports.has(each));
  const known = own.map(([each]) => each);
  const all = known.slice(0, 12).join(', ');
  const declared = known.length === 0 ? '' : ` The file declares ${all}${known.length > 12 ? ', …' : ''}.`;
  reading.report('MR1115', site, `'${name}' is neither in the scope nor declared in this file.`, {
    hint:
      guess === undefined
        ? `Take it from the parameter, declare it at the top level of the file, or import it.${declared}`
        : `Did you mean '${guess}'?${declared}`,
    rename: guess,
  });
}

/** Says that something cannot stand in another file than this one. */
export function cannotMove(reading: Reading, site: Site, what: string): undefined {
  return reading.report('MR1116', site, `${what} cannot be copied into the compiled module.`, {
    hint: 'Use a plain `const`, `function`, `class`, `interface` or `type` at the top level, or a normal import.',
  });
}
