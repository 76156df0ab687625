import { ts } from '../syntax/typescript.js';
import { nearest } from '../../core/index.ts';
import type { Definition } from '../define/dsl-call.ts';
import type { Reading } from '../reading.ts';
import type { Site } from '../syntax/module.ts';
import { bare, behind } from '../value/follow.ts';

/** Methods that leave the fields of an object as they are. */
const same = new Set([
  'strict',
  'readonly',
  'partial',
  'required',
  'refine',
  'check',
  'describe',
  'meta',
  'brand',
  'superRefine',
]);

/** The fields of a `z.object({ … })`, written here or as a constant; nothing when they cannot be known for sure. */
export function schemaKeys(reading: Reading, site: Site<ts.Expression>): ReadonlySet<string> | undefined {
  const { module, node } = constantBehind(reading, site);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { expression: owner, name } = node.expression;
  const [first] = node.arguments;
  if (isZod({ module, node: owner })) {
    return ['object', 'strictObject'].includes(name.text) && first !== undefined
      ? literalKeys({ module, node: first })
      : undefined;
  }
  if (same.has(name.text)) return schemaKeys(reading, { module, node: owner });
  if ((name.text !== 'extend' && name.text !== 'safeExtend') || first === undefined) return undefined;
  const base = schemaKeys(reading, { module, node: owner });
  const more = literalKeys({ module, node: first });
  return base === undefined || more === undefined ? undefined : new Set([...base, ...more]);
}

/** The fields of the payload of an event, when they can be known. */
export function payloadKeys(reading: Reading, { verb, head }: Definition): ReadonlySet<string> | undefined {
  const [, second] = head.node.arguments;
  if (verb !== 'event' || second === undefined) return undefined;
  const { module, node } = constantBehind(reading, { module: head.module, node: second });
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  for (const member of node.properties) {
    if (member.name === undefined || !('text' in member.name) || member.name.text !== 'payload') continue;
    if (ts.isPropertyAssignment(member)) return schemaKeys(reading, { module, node: member.initializer });
    if (ts.isShorthandPropertyAssignment(member)) return schemaKeys(reading, { module, node: member.name });
  }
  return undefined;
}

/** Says that a schema has no such field; the text at the site is the name of the field, behind the prefix. */
export function checkField(
  reading: Reading,
  site: Site,
  field: string,
  keys: ReadonlySet<string> | undefined,
  whose: string,
  prefix = '',
): void {
  if (keys === undefined || keys.has(field)) return;
  const guess = nearest(field, keys);
  const known = `Its fields are: ${[...keys].join(', ') || 'none'}.`;
  reading.report('MR1125', site, `${whose} has no field '${field}'.`, {
    hint: guess === undefined ? known : `Did you mean '${guess}'? ${known}`,
    rename: guess && `${prefix}${guess}`,
  });
}

/** Checks the members of the object that a lambda gives, if it gives one that is written out. */
export function checkGiven(reading: Reading, site: Site<ts.Expression>, whose: string): void {
  const keys = reading.contextKeys;
  const { module, node } = constantBehind(reading, site);
  if (keys === undefined || !ts.isArrowFunction(node) || ts.isBlock(node.body)) return;
  const body = bare(node.body);
  if (!ts.isObjectLiteralExpression(body)) return;
  for (const { name } of body.properties) {
    if (name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteralLike(name)))
      checkField(reading, { module, node: name }, name.text, keys, whose);
  }
}

/** The names of an object literal; nothing when one of them is not written out. */
function literalKeys({ node }: Site<ts.Expression>): ReadonlySet<string> | undefined {
  const inner = bare(node);
  if (!ts.isObjectLiteralExpression(inner)) return undefined;
  const keys = new Set<string>();
  for (const { name } of inner.properties) {
    if (name === undefined || !(ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)))
      return undefined;
    keys.add(name.text);
  }
  return keys;
}

/** Goes through constants to where a value is written; in silence, unlike `follow`. */
function constantBehind(reading: Reading, site: Site<ts.Expression>, depth = 0): Site<ts.Expression> {
  const node = bare(site.node);
  const here = { module: site.module, node };
  const found = ts.isIdentifier(node) && depth < 20 ? behind(reading, site.module, node.text) : undefined;
  if (found?.kind !== 'declared' || found.binding.value?.kind !== 'const') return here;
  const { initializer } = found.binding.value.declaration;
  return initializer === undefined
    ? here
    : constantBehind(reading, { module: found.module, node: initializer }, depth + 1);
}

function isZod({ module, node }: Site<ts.Expression>): boolean {
  const value = ts.isIdentifier(node) ? module.bindings.get(node.text)?.value : undefined;
  return value?.kind === 'import' && /^zod(?:\/|$)/.test(value.from) && ['z', '*', 'default'].includes(value.imported);
}
