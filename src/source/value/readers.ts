import { ts } from '../syntax/typescript.js';
import type { z } from 'zod';
import { isDuration, nearest, type Duration } from '../../core/index.ts';
import type { Reading } from '../reading.ts';
import { textOf } from '../syntax/location.ts';
import type { Site } from '../syntax/module.ts';
import { bare, follow } from './follow.ts';
import { isObject, propertiesOf, type Property } from './properties.ts';

/** Reads a value from an expression. `undefined` means that it could not, and has said why. */
export type Reader<T> = (reading: Reading, site: Site<ts.Expression>) => T | undefined;

/** Says that a value is of the wrong sort. */
export function wrong(reading: Reading, site: Site, expected: string, hint?: string, rename?: string): undefined {
  const text = textOf(site);
  const shown = text.length > 60 || text.includes('\n') ? `${text.slice(0, 57).split('\n')[0]}…` : text;
  return reading.report('MR1104', site, `Expected ${expected}, but found \`${shown}\`.`, {
    ...(hint !== undefined && { hint }),
    rename,
  });
}

/** A name: a string literal, or a constant that is one. */
export const literal: Reader<string> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  if (ts.isStringLiteralLike(found.node)) return found.node.text;
  if (ts.isTemplateExpression(found.node) || ts.isBinaryExpression(found.node)) {
    return reading.report('MR1105', site, `The name ${textOf(found)} is computed; names must be written out.`, {
      hint: 'Write the name as one string literal.',
    });
  }
  return wrong(reading, found, 'a string');
};

/** The name of a step or something like it: any literal but the empty one. */
export const identifier: Reader<string> = (reading, site) => {
  const name = literal(reading, site);
  if (name !== '') return name;
  return reading.report('MR1112', site, 'A name cannot be empty.', {
    hint: 'Choose a word that says what happens there.',
  });
};

/** A text: also several string literals joined with `+`. */
export const text: Reader<string> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  if (ts.isBinaryExpression(found.node) && found.node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const left = text(reading, { module: found.module, node: found.node.left });
    const right = text(reading, { module: found.module, node: found.node.right });
    return left === undefined || right === undefined ? undefined : left + right;
  }
  if (ts.isTemplateExpression(found.node)) return wrong(reading, found, 'a text without `${…}`');
  return ts.isStringLiteralLike(found.node) ? found.node.text : wrong(reading, found, 'a string');
};

/** A number, with or without a sign. */
export const number: Reader<number> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  const value = numberOf(found.node);
  return value ?? wrong(reading, found, 'a number');
};

function numberOf(node: ts.Node): number | undefined {
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (!ts.isPrefixUnaryExpression(node)) return undefined;
  const inner = numberOf(bare(node.operand));
  if (inner === undefined) return undefined;
  if (node.operator === ts.SyntaxKind.MinusToken) return -inner;
  return node.operator === ts.SyntaxKind.PlusToken ? inner : undefined;
}

/** A whole number that is at least `min`. */
export function integer(min: number): Reader<number> {
  return (reading, site) => {
    const value = number(reading, site);
    if (value === undefined || (Number.isSafeInteger(value) && value >= min)) return value;
    return wrong(reading, site, min === -Infinity ? 'a whole number' : `a whole number of at least ${min}`);
  };
}

/** `true` or `false`. */
export const boolean: Reader<boolean> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  if (found.node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (found.node.kind === ts.SyntaxKind.FalseKeyword) return false;
  return wrong(reading, found, '`true` or `false`');
};

/** What a multiplication of written numbers comes to, such as `5 * 60 * 1000`. */
function productOf(node: ts.Expression): number | undefined {
  const inner = bare(node);
  if (!ts.isBinaryExpression(inner)) return numberOf(inner);
  if (inner.operatorToken.kind !== ts.SyntaxKind.AsteriskToken) return undefined;
  const [left, right] = [productOf(inner.left), productOf(inner.right)];
  return left === undefined || right === undefined ? undefined : left * right;
}

/** Milliseconds in the largest unit of which they are a whole number. */
function inUnits(span: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const;
  const [name, size] = units.find(([, each]) => span % each === 0) ?? (['ms', 1] as const);
  return `${span / size}${name}`;
}

/** A span of time. */
export const duration: Reader<Duration> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  const count = numberOf(found.node);
  if (count !== undefined) {
    const guess = `If it counts milliseconds: '${count}ms'.`;
    return wrong(reading, found, "a duration such as '30s'", `Write it in quotes, with a unit. ${guess}`);
  }
  if (ts.isBinaryExpression(found.node) || ts.isTemplateExpression(found.node)) {
    const span = productOf(found.node);
    const guess = span === undefined ? "such as '5m'" : `'${inUnits(span)}' if it counts milliseconds`;
    return wrong(reading, found, 'a duration, written out', `Write it in quotes, with a unit: ${guess}.`);
  }
  const value = literal(reading, found);
  if (value === undefined || isDuration(value)) return value;
  return wrong(
    reading,
    site,
    'a duration',
    "Write a number and a unit: '250ms', '30s', '5m', '1h', '3d'; at most 36500d.",
  );
};

/** One of a few words. */
export function oneOf<const T extends string>(...words: readonly T[]): Reader<T> {
  return (reading, site) => {
    const value = literal(reading, site);
    if (value === undefined) return undefined;
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    const guess = nearest(value, words);
    const hint = guess === undefined ? undefined : `Did you mean '${guess}'?`;
    // A constant of another name may be meant for more than this.
    const isWritten = ts.isStringLiteralLike(site.node);
    return wrong(reading, site, listed(words), hint, isWritten ? guess : undefined);
  };
}

function listed(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word}'`);
  return quoted.length === 1 ? `${quoted[0]}` : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

/** The elements of a list, spreads of constant lists resolved. */
export function elements(reading: Reading, site: Site<ts.Expression>): readonly Site<ts.Expression>[] | undefined {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  const { module, node } = found;
  if (!ts.isArrayLiteralExpression(node)) return wrong(reading, found, 'a list');
  return node.elements.flatMap((element) => {
    const inner = { module, node: element };
    if (ts.isSpreadElement(element))
      return reading.once(inner, () => elements(reading, { module, node: element.expression })) ?? [];
    if (!ts.isOmittedExpression(element)) return [inner];
    wrong(reading, inner, 'a value');
    return [];
  });
}

/** A list; what cannot be read is left out. */
export function list<T>(item: Reader<T>): Reader<T[]> {
  return (reading, site) =>
    elements(reading, site)?.flatMap((element) => {
      const value = item(reading, element);
      return value === undefined ? [] : [value];
    });
}

/** The members of an object, spreads of constant objects resolved. */
export function members(
  reading: Reading,
  site: Site<ts.Expression>,
  expected = 'an object',
): readonly Property[] | undefined {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  if (!isObject(found)) return wrong(reading, found, expected);
  return [...propertiesOf(reading, found, (inner) => follow(reading, inner)).values()];
}

/** A JSON value as the model types it. */
export type Json = z.infer<ReturnType<typeof z.json>>;

/** Any JSON value. */
export const json: Reader<Json> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  const { node } = found;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (node.kind === ts.SyntaxKind.NullKeyword) return null;
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  const value = numberOf(node);
  if (value !== undefined) return value;
  if (ts.isBinaryExpression(node)) return text(reading, found);
  if (ts.isArrayLiteralExpression(node)) {
    const items = elements(reading, found) ?? [];
    return reading.once(found, () =>
      items.flatMap((item) => {
        const inner = json(reading, item);
        return inner === undefined ? [] : [inner];
      }),
    );
  }
  if (ts.isObjectLiteralExpression(node)) return record(json)(reading, found);
  return wrong(
    reading,
    found,
    'a JSON value',
    'Text, numbers, true, false, null, lists and objects can be read; nothing that is computed.',
  );
};

/** An object with values of one sort. */
export function record<T>(value: Reader<T>): Reader<Record<string, T>> {
  return (reading, site) => {
    const found = members(reading, site);
    if (found === undefined) return undefined;
    return reading.once(site, () =>
      fromEntries(
        found.flatMap((member) => {
          if (isUndefined(member.value.node)) return [];
          const inner = value(reading, member.value);
          return inner === undefined ? [] : [[member.key, inner] as const];
        }),
      ),
    );
  };
}

/** Is this the word `undefined`, which stands for nothing at all? */
export function isUndefined(node: ts.Expression): boolean {
  const inner = bare(node);
  return ts.isIdentifier(inner) && inner.text === 'undefined';
}

/** As `Object.fromEntries`, but `__proto__` is a member like any other. */
export function fromEntries<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  const made: Record<string, T> = {};
  for (const [key, value] of entries)
    Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true });
  return made;
}
