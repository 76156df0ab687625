import { ts } from 'ts-morph';
import type { Reading } from '../reading.ts';
import { textOf } from '../syntax/location.ts';
import type { Site } from '../syntax/module.ts';

/** One member of an object literal, spreads resolved. */
export interface Property {
  readonly key: string;
  readonly name: Site;
  readonly value: Site<ts.Expression>;
}

type Follow = (site: Site<ts.Expression>) => Site<ts.Expression> | undefined;

/**
 * The members of an object literal in the order JavaScript would give them, spreads of constant objects resolved.
 * Whatever cannot be read is reported and left out.
 */
export function propertiesOf(reading: Reading, site: Site<ts.ObjectLiteralExpression>, follow: Follow): ReadonlyMap<string, Property> {
  const { module, node } = site;
  const found = new Map<string, Property>();
  const own = new Map<string, Site>();
  for (const member of node.properties) {
    if (ts.isSpreadAssignment(member)) {
      const spread = follow({ module, node: member.expression });
      if (spread === undefined) continue;
      if (ts.isObjectLiteralExpression(spread.node)) {
        const literal = { module: spread.module, node: spread.node };
        const members = reading.once(literal, () => propertiesOf(reading, literal, follow));
        for (const property of members?.values() ?? []) found.set(property.key, property);
      } else {
        reading.report('MR1108', { module, node: member }, `'${textOf({ module, node: member.expression })}' cannot be spread: it is not a constant object.`, {
          hint: 'Spread a `const` that is an object literal, or write the members here.',
        });
      }
      continue;
    }
    if (!ts.isPropertyAssignment(member) && !ts.isShorthandPropertyAssignment(member)) {
      const kind = ts.isMethodDeclaration(member) ? 'method' : 'getter or setter';
      reading.report('MR1107', { module, node: member }, `A ${kind} cannot be read here.`, {
        hint: ts.isMethodDeclaration(member) ? `Write \`${textOf({ module, node: member.name })}: (…) => …\`.` : 'Write a plain member with its value.',
      });
      continue;
    }
    const name = { module, node: member.name };
    const key = keyOf(reading, name);
    if (key === undefined) continue;
    const earlier = own.get(key);
    if (earlier !== undefined) {
      reading.report('MR1106', name, `'${key}' is given twice.`, { related: [{ message: 'It was given first here', site: earlier }] });
      continue;
    }
    own.set(key, name);
    const value = ts.isPropertyAssignment(member) ? member.initializer : member.name;
    found.set(key, { key, name, value: { module, node: value } });
  }
  return found;
}

function keyOf(reading: Reading, site: Site<ts.PropertyName>): string | undefined {
  const { node } = site;
  if (ts.isIdentifier(node) || ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return node.text;
  if (ts.isComputedPropertyName(node) && ts.isStringLiteralLike(node.expression)) return node.expression.text;
  return reading.report('MR1105', site, `The name '${textOf(site)}' is computed; names must be written out.`, {
    hint: 'Write the name itself, in quotes if need be.',
  });
}
