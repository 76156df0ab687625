import { ts } from '../syntax/typescript.js';
import type { Reading } from '../reading.ts';
import { dslName } from '../syntax/dsl-name.ts';
import { textOf } from '../syntax/location.ts';
import type { Site } from '../syntax/module.ts';
import { nearest } from '../../core/index.ts';
import { behind, follow } from '../value/follow.ts';
import { literal, type Reader } from '../value/readers.ts';
import { definitionBehind, type Definition, type DslCall, type Verb } from './dsl-call.ts';

/** A definition that the source names. */
export interface Target<Kind extends Verb = Verb> {
  readonly kind: Kind;
  readonly name: string;
}

const namePattern = /^[A-Za-z_][\w.-]*$/;

/** The name of a definition, its first argument. */
export function nameOf(reading: Reading, { head, verb }: Pick<DslCall, 'head' | 'verb'>): string | undefined {
  const { module, node } = head;
  const [first] = node.arguments;
  if (first === undefined)
    return reading.report('MR1109', head, `The ${verb} has no name.`, { hint: `Write \`${verb}('name', { … })\`.` });
  const site = { module, node: first };
  const name = literal(reading, site);
  if (name === undefined || namePattern.test(name)) return name;
  return reading.report('MR1112', site, `'${name}' cannot be a name.`, {
    hint: 'A name begins with a letter or `_`; letters, digits, `_`, `.` and `-` may follow.',
  });
}

/** A reference to a definition of one of the given kinds, such as `chargeCard` or `billing.chargeCard`. */
export function reference<const Kind extends Verb>(...kinds: readonly Kind[]): Reader<Target<Kind>> {
  return (reading, site) => {
    const found = definitionBehind(reading, site);
    if (found === undefined) return notOne(reading, site, kinds);
    return targetOf(reading, site, found, kinds);
  };
}

/** The target that a definition is, if it is of a fitting kind. Notes that it is used. */
export function targetOf<Kind extends Verb>(
  reading: Reading,
  site: Site,
  found: Definition,
  kinds: readonly Kind[],
): Target<Kind> | undefined {
  const kind = kinds.find((candidate) => candidate === found.verb);
  if (kind === undefined) {
    return reading.report(
      'MR1118',
      site,
      `Expected ${alternatives(kinds)}, but '${textOf(site)}' is ${withArticle(found.verb)}.`,
    );
  }
  const name = nameOf(reading, found);
  if (name === undefined) return undefined;
  if (!reading.mentioned.has(found.declaration))
    reading.mentioned.set(found.declaration, { definition: found, name, site });
  return { kind, name };
}

/** Says that an expression is no definition. */
export function notOne(reading: Reading, site: Site<ts.Expression>, kinds: readonly Verb[]): undefined {
  const { module, node } = site;
  const shown = textOf(site);
  if (ts.isIdentifier(node) && behind(reading, module, node.text) === undefined && !module.bindings.has(node.text)) {
    const guess = nearest(node.text, [...module.bindings.keys()]);
    return reading.report('MR1115', site, `'${node.text}' is not declared in this file.`, {
      hint:
        guess === undefined ? `Declare ${alternatives(kinds)} of this name, or import it.` : `Did you mean '${guess}'?`,
      rename: guess,
    });
  }
  const [line = ''] = shown.split('\n');
  // A name as a text: the constant is meant.
  const isText = ts.isStringLiteralLike(node);
  const guess = isText ? nearest(node.text, [...module.bindings.keys()]) : undefined;
  return reading.report(
    'MR1118',
    site,
    `Expected ${alternatives(kinds)}, but ${isText ? line : line.includes("'") ? `\`${line}\`` : `'${line}'`} is none.`,
    {
      hint: `${guess === undefined ? '' : `Did you mean the constant \`${guess}\`, without quotes? `}Name a constant such as \`export const x = ${kinds[0]}('x', { … })\`.`,
    },
  );
}

/** The name of an event: a declared one, or `failed(task)`. */
export const eventReference: Reader<string> = (reading, site) => {
  const direct = definitionBehind(reading, site);
  if (direct !== undefined) return targetOf(reading, site, direct, ['event'])?.name;
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  if (ts.isCallExpression(found.node) && dslName(found.module, found.node.expression) === 'failed') {
    const [argument, second] = found.node.arguments;
    if (argument === undefined || second !== undefined) {
      return reading.report('MR1109', found, '`failed` takes one task or flow.', {
        hint: 'Write `failed(chargeCard)`.',
      });
    }
    const target = reference('task', 'flow')(reading, { module: found.module, node: argument });
    return target === undefined ? undefined : `failed.${target.name}`;
  }
  return notOne(reading, site, ['event']);
};

function alternatives(kinds: readonly string[]): string {
  return kinds.map(withArticle).join(' or ');
}

function withArticle(kind: string): string {
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}
