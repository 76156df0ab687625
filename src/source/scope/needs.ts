import { ts } from 'ts-morph';
import { nearest } from '../../core/index.ts';
import type { Reading } from '../reading.ts';
import { textOf } from '../syntax/location.ts';
import type { Binding, Site } from '../syntax/module.ts';
import { asynchronous, currentDate, judgeGlobal, judgeImport, judgeMember, outside, type Impurity } from './globals.ts';
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

/** Says that something cannot stand in another file than this one. */
export function cannotMove(reading: Reading, site: Site, what: string): undefined {
  return reading.report('MR1116', site, `${what} cannot be copied into the compiled module.`, {
    hint: 'Use a plain `const`, `function`, `class`, `interface` or `type` at the top level, or a normal import.',
  });
}
