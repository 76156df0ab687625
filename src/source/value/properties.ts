import { ts } from '../syntax/typescript.js';
import type { Reading } from '../reading.ts';
import { dslName } from '../syntax/dsl-name.ts';
import { textOf } from '../syntax/location.ts';
import type { Site } from '../syntax/module.ts';

/** One member of an object literal, spreads resolved. */
export interface Property {
  readonly key: string;
  readonly name: Site;
  readonly value: Site<ts.Expression>;
}

type Follow = (site: Site<ts.Expression>) => Site<ts.Expression> | undefined;

/** Is this an object literal, or a `part(…)`, which is a state written apart from its machine? */
export function isObject(site: Site<ts.Expression>): site is Site<ts.ObjectLiteralExpression | ts.CallExpression> {
  return ts.isObjectLiteralExpression(site.node) || isPart(site);
}

function isPart({ module, node }: Site<ts.Expression>): boolean {
  return ts.isCallExpression(node) && dslName(module, node.expression) === 'part';
}

/** What `part(head, initial, states, options)` gives. */
function partMembers(reading: Reading, site: Site<ts.CallExpression>): ReadonlyMap<string, Property> {
  const { module, node } = site;
  const [, initial, states, options] = node.arguments;
  if (initial === undefined || states === undefined || node.arguments.length > 4) {
    reading.report('MR1109', site, '`part` takes the head of a machine, the first state, the states, and options.');
  }
  if (options !== undefined && ts.isObjectLiteralExpression(options)) {
    for (const { name } of options.properties) {
      if (name === undefined || ('text' in name && name.text === 'exits')) continue;
      const option = { module, node: name };
      reading.report('MR1102', option, `A part has no option '${textOf(option)}'.`, { hint: 'Known are: exits.' });
    }
  }
  const found = new Map<string, Property>();
  if (initial !== undefined)
    found.set('initial', { key: 'initial', name: { module, node: initial }, value: { module, node: initial } });
  if (states !== undefined)
    found.set('states', { key: 'states', name: { module, node: states }, value: { module, node: states } });
  return found;
}

/**
 * The members of an object literal in the order JavaScript would give them, spreads of constant objects resolved.
 * Whatever cannot be read is reported and left out.
 */
export function propertiesOf(
  reading: Reading,
  site: Site<ts.ObjectLiteralExpression | ts.CallExpression>,
  follow: Follow,
): ReadonlyMap<string, Property> {
  const { module, node } = site;
  if (ts.isCallExpression(node)) return partMembers(reading, { module, node });
  const found = new Map<string, Property>();
  const own = new Map<string, Site>();
  for (const member of node.properties) {
    if (ts.isSpreadAssignment(member)) {
      const spread = follow({ module, node: member.expression });
      if (spread === undefined) continue;
      if (isObject(spread)) {
        const members = reading.once(spread, () => propertiesOf(reading, spread, follow));
        for (const property of members?.values() ?? []) found.set(property.key, property);
      } else {
        reading.report(
          'MR1108',
          { module, node: member },
          `'${textOf({ module, node: member.expression })}' cannot be spread: it is not a constant object.`,
          {
            hint: 'Spread a `const` that is an object literal, or write the members here.',
          },
        );
      }
      continue;
    }
    if (!ts.isPropertyAssignment(member) && !ts.isShorthandPropertyAssignment(member)) {
      const kind = ts.isMethodDeclaration(member) ? 'method' : 'getter or setter';
      reading.report('MR1107', { module, node: member }, `A ${kind} cannot be read here.`, {
        hint: ts.isMethodDeclaration(member)
          ? `Write \`${textOf({ module, node: member.name })}: (…) => …\`.`
          : 'Write a plain member with its value.',
      });
      continue;
    }
    const name = { module, node: member.name };
    const key = keyOf(reading, name);
    if (key === undefined) continue;
    const earlier = own.get(key);
    if (earlier !== undefined) {
      reading.report('MR1106', name, `'${key}' is given twice.`, {
        related: [{ message: 'It was given first here', site: earlier }],
      });
      continue;
    }
    own.set(key, name);
    const value = ts.isPropertyAssignment(member) ? member.initializer : member.name;
    found.set(key, { key, name, value: { module, node: value } });
  }
  return inOrder(found);
}

/** JavaScript puts keys that are whole numbers first, by size. */
function inOrder(found: ReadonlyMap<string, Property>): ReadonlyMap<string, Property> {
  const isIndex = (key: string): boolean => /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 4_294_967_295;
  const entries = [...found];
  const numbered = entries.filter(([key]) => isIndex(key));
  if (numbered.length === 0) return found;
  return new Map([...numbered.sort(([a], [b]) => Number(a) - Number(b)), ...entries.filter(([key]) => !isIndex(key))]);
}

function keyOf(reading: Reading, site: Site<ts.PropertyName>): string | undefined {
  const { node } = site;
  if (ts.isIdentifier(node) || ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return node.text;
  if (ts.isComputedPropertyName(node) && ts.isStringLiteralLike(node.expression)) return node.expression.text;
  return reading.report('MR1105', site, `The name '${textOf(site)}' is computed; names must be written out.`, {
    hint: 'Write the name itself, in quotes if need be.',
  });
}
