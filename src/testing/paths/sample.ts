import type { Constants } from './constants.ts';
import type { JsonSchema } from './json-schema.ts';
import { numbersFor, textsFor } from './scalars.ts';

/** A place in a value, and what else may stand there. */
export interface Choice {
  readonly path: readonly string[];
  readonly values: readonly unknown[];
}

/** A value that a schema takes, as far as its JSON Schema tells, and how it may differ. */
export interface Sample {
  readonly base: unknown;
  readonly choices: readonly Choice[];
}

/** Stands for: leave this property out. */
export const absent = Symbol('absent');

/** Samples a JSON Schema: its boundary values, each enum value, both booleans, optional things present and absent, short lists. */
export function sampleOf(schema: JsonSchema, constants: Constants, name = 'value'): Sample {
  const defs = schema.$defs ?? {};
  const sample = (node: JsonSchema, path: readonly string[], depth: number): Sample => {
    const only = (base: unknown, ...others: readonly unknown[]): Sample => ({
      base,
      choices: others.length === 0 ? [] : [{ path, values: others }],
    });
    if (depth > 8) return only(undefined);
    const inner = (child: JsonSchema, key?: string): Sample =>
      sample(child, key === undefined ? path : [...path, key], depth + 1);
    if (node.$ref !== undefined) {
      const target = node.$ref === '#' ? schema : defs[node.$ref.replace('#/$defs/', '')];
      return target === undefined ? only(undefined) : inner(target);
    }
    if ('const' in node) return only(node.const);
    if (node.enum !== undefined) return only(node.enum[0], ...node.enum.slice(1));
    const members = node.anyOf ?? node.oneOf;
    if (members !== undefined)
      return union(
        members.map((each) => inner(each)),
        path,
      );
    if (node.allOf !== undefined) return together(node.allOf.map((each) => inner(each)));
    if (Array.isArray(node.type))
      return union(
        node.type.map((type: string) => inner({ ...node, type })),
        path,
      );
    const last = path.at(-1) ?? name;
    switch (node.type as string | undefined) {
      case 'null':
        return only(null);
      case 'boolean':
        return node.default === true ? only(true, false) : only(false, true);
      case 'string': {
        const [base, ...others] = textsFor(node, last, constants.texts);
        return only(base, ...others);
      }
      case 'number':
      case 'integer': {
        const [base, ...others] = numbersFor(node, constants.numbers);
        return only(base, ...others);
      }
      case 'array':
        return listOf(node, path, (child) => sample(child, [], depth + 1));
      case 'object':
        return objectOf(node, path, inner);
      default:
        // Anything at all: what JSON Schema has no words for.
        return only(
          undefined,
          ...constants.texts,
          ...constants.numbers,
          '2026-01-01T00:00:00.000Z',
          1,
          last,
          true,
          {},
          [],
        );
    }
  };
  return sample(schema, [], 0);
}

/** A value with another value at a path. Nothing of the given value changes. */
export function withValue(value: unknown, [key, ...rest]: readonly string[], put: unknown): unknown {
  if (key === undefined) return put;
  const copy = { ...(value as Readonly<Record<string, unknown>>) };
  if (rest.length === 0 && put === absent) delete copy[key];
  else copy[key] = withValue(copy[key], rest, put);
  return copy;
}

/** The base, and the base with each other value in its place. */
export function variants({ base, choices }: Sample): readonly unknown[] {
  return [base, ...choices.flatMap(({ path, values }) => values.map((value) => withValue(base, path, value)))];
}

function union(members: readonly Sample[], path: readonly string[]): Sample {
  const first = members.find(({ base }) => base !== null) ?? members[0] ?? { base: undefined, choices: [] };
  const others = members
    .filter((each) => each !== first)
    .flatMap((each) => variants({ base: each.base, choices: each.choices.map((one) => below(one, path)) }));
  return { base: first.base, choices: [...first.choices, ...(others.length === 0 ? [] : [{ path, values: others }])] };
}

/** A choice as seen from a path that it lies below. */
function below({ path, values }: Choice, from: readonly string[]): Choice {
  return { path: path.slice(from.length), values };
}

function together(parts: readonly Sample[]): Sample {
  const bases = parts.map(({ base }) => base);
  const objects = bases.filter((base) => typeof base === 'object' && base !== null);
  return {
    base: objects.length === bases.length ? Object.assign({}, ...objects) : bases[0],
    choices: parts.flatMap(({ choices }) => choices),
  };
}

function objectOf(
  node: JsonSchema,
  path: readonly string[],
  inner: (child: JsonSchema, key: string) => Sample,
): Sample {
  const rest = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
  const required = new Set(node.required);
  const base: Record<string, unknown> = {};
  const choices: Choice[] = [];
  for (const key of new Set([...Object.keys(node.properties ?? {}), ...required])) {
    const child = inner(node.properties?.[key] ?? rest ?? {}, key);
    const own = [...path, key];
    if (required.has(key)) {
      base[key] = child.base;
      choices.push(...child.choices);
    } else {
      const relative = { base: child.base, choices: child.choices.map((one) => below(one, own)) };
      choices.push({ path: own, values: variants(relative) });
    }
  }
  if (rest !== undefined && required.size === 0) {
    const child = inner(rest, 'key');
    choices.push({ path: [...path, 'key'], values: [child.base] });
  }
  return { base, choices };
}

function listOf(node: JsonSchema, path: readonly string[], sample: (child: JsonSchema) => Sample): Sample {
  if (node.prefixItems !== undefined) {
    const items = node.prefixItems.map(sample);
    const base = items.map((item) => item.base);
    const values = items.flatMap((item, index) =>
      variants(item)
        .slice(1)
        .map((value) => base.with(index, value)),
    );
    return { base, choices: values.length === 0 ? [] : [{ path, values }] };
  }
  const item = sample(typeof node.items === 'object' ? node.items : {});
  const least = node.minItems ?? 0;
  const most = node.maxItems ?? least + 2;
  const of = (length: number): unknown[] => Array.from({ length }, () => item.base);
  const lengths = [least + 1, least + 2].filter((length) => length <= most).map(of);
  const varied =
    most === 0
      ? []
      : variants(item)
          .slice(1)
          .map((value) => of(Math.max(1, least)).with(0, value));
  return { base: of(least), choices: [{ path, values: [...lengths, ...varied] }] };
}
