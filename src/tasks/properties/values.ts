import type fc from 'fast-check';
import type { Schema } from '../../flow/index.ts';
import { numbersOf } from './numbers.ts';
import { matching, textsOf, type CheckDefinition } from './strings.ts';
import { NoValues, type UnsupportedPart } from './unsupported.ts';

type FastCheck = typeof fc;
type Values = fc.Arbitrary<unknown>;
type Path = readonly PropertyKey[];

/** What zod keeps of a schema: its kind, and what belongs to that kind. */
interface Definition {
  readonly type: string;
  readonly coerce?: boolean;
  readonly checks?: readonly { readonly _zod: { readonly def: CheckDefinition } }[];
  readonly format?: string;
  readonly check?: string;
  readonly pattern?: RegExp;
  readonly [member: string]: unknown;
}

const definitionOf = (schema: Schema): Definition => schema._zod.def as unknown as Definition;

/** How often a schema may stand within itself. */
const deepest = 2;

/** How many values are made to find one that a refinement takes, or a check that is nearly always met. */
const tries = { refined: 40, checked: 8 };

/** Makes arbitrary values, as they are written in JSON, that a schema takes. */
export class Maker {
  readonly #fc: FastCheck;
  /** The schemas above the one that is looked at. */
  readonly #above: Schema[] = [];
  /** Parts that are left out of what is made. */
  readonly leftOut: UnsupportedPart[] = [];

  constructor(fastCheck: FastCheck) {
    this.#fc = fastCheck;
  }

  /** @throws NoValues */
  values(schema: Schema, path: Path = []): Values {
    if (this.#above.filter((one) => one === schema).length > deepest) throw new NoValues(path, recursive);
    this.#above.push(schema);
    try {
      const definition = definitionOf(schema);
      const values = this.#ofKind(definition, path, schema);
      return needsChoice(definition) ? this.#chosen(values, schema, isRefined(definition)) : values;
    } finally {
      this.#above.pop();
    }
  }

  /** One of several that the schema takes; where none is, the last resort is to look at the whole value. */
  #chosen(values: Values, schema: Schema, refined: boolean): Values {
    const count = refined ? tries.refined : tries.checked;
    return this.#fc
      .array(values, { minLength: count, maxLength: count })
      .map((all) => all.find((one) => takes(schema, one)) ?? all[0]);
  }

  #ofKind(definition: Definition, path: Path, schema: Schema): Values {
    const fc = this.#fc;
    const checks = checksOf(definition);
    const inner = (key: string, below: Path = path): Values => this.values(definition[key] as Schema, below);
    switch (definition.type) {
      case 'string':
        return textsOf(fc, checks, path);
      case 'number':
      case 'int': {
        const numbers = numbersOf(fc, checks, path);
        return definition.coerce === true
          ? fc.oneof({ arbitrary: numbers, weight: 3 }, { arbitrary: numbers.map(String), weight: 1 })
          : numbers;
      }
      case 'boolean':
        return fc.boolean();
      case 'bigint':
        if (definition.coerce !== true) throw new NoValues(path, 'JSON has no bigints');
        return fc.maxSafeInteger().map(String);
      case 'date':
        if (definition.coerce !== true) throw new NoValues(path, 'JSON has no dates');
        return fc
          .date({
            noInvalidDate: true,
            min: boundOf(checks, 'greater_than', 0),
            max: boundOf(checks, 'less_than', 4e12),
          })
          .map((date) => date.toISOString());
      case 'null':
        return fc.constant(null);
      case 'undefined':
      case 'void':
        return fc.constant(undefined);
      case 'any':
      case 'unknown':
        return fc.jsonValue({ maxDepth: 2 });
      case 'literal':
        return this.#constants(definition['values'] as readonly unknown[], path);
      case 'enum':
        return fc.constantFrom(...enumValues(definition['entries'] as Readonly<Record<string, string | number>>));
      case 'template_literal':
        return matching(fc, schema._zod.pattern as RegExp, path);
      case 'array':
        return this.#list(definition, checks, path);
      case 'tuple':
        return this.#tuple(definition, path);
      case 'object':
        return this.#object(definition, path);
      case 'record':
        return this.#record(definition, path);
      case 'union':
        return this.#union(definition['options'] as readonly Schema[], path);
      case 'intersection':
        return fc
          .tuple(inner('left'), inner('right'))
          .map(([left, right]) => (isObject(left) && isObject(right) ? { ...left, ...right } : left));
      case 'optional':
        return this.#or(undefined, definition, path);
      case 'nullable':
        return this.#or(null, definition, path);
      case 'default':
      case 'prefault':
      case 'catch':
        return this.#or(undefined, definition, path);
      case 'readonly':
      case 'nonoptional':
      case 'success':
        return inner('innerType');
      case 'pipe':
        return this.#pipe(definition, path);
      case 'lazy':
        return this.values((definition['getter'] as () => Schema)(), path);
      default:
        throw new NoValues(
          path,
          `values of the kind '${definition.type}' cannot be written as JSON, or only by who knows what they mean`,
        );
    }
  }

  #constants(values: readonly unknown[], path: Path): Values {
    const known = values.filter((one) => typeof one !== 'bigint');
    if (known.length === 0) throw new NoValues(path, 'JSON has no bigints');
    return this.#fc.constantFrom(...known);
  }

  #list(definition: Definition, checks: readonly CheckDefinition[], path: Path): Values {
    const least = Math.max(0, ...checks.map((one) => one.minimum ?? one.length ?? 0));
    const most = Math.min(least + 5, ...checks.map((one) => one.maximum ?? one.length ?? Infinity));
    if (most === 0) return this.#fc.constant([]);
    try {
      const items = this.values(definition['element'] as Schema, [...path, '[]']);
      return this.#fc.array(items, { minLength: least, maxLength: most });
    } catch (error) {
      if (least > 0 || !this.#leave(error)) throw error;
      return this.#fc.constant([]);
    }
  }

  #tuple(definition: Definition, path: Path): Values {
    const items = (definition['items'] as readonly Schema[]).map((item, index) => this.values(item, [...path, index]));
    const rest = definition['rest'] as Schema | null | undefined;
    const fixed = this.#fc.tuple(...items);
    if (rest === null || rest === undefined) return fixed;
    const more = this.#fc.array(this.values(rest, [...path, '[]']), { maxLength: 3 });
    return this.#fc.tuple(fixed, more).map(([first, others]) => [...first, ...others]);
  }

  #object(definition: Definition, path: Path): Values {
    const members: Record<string, Values> = {};
    const required: string[] = [];
    for (const [key, member] of Object.entries(definition['shape'] as Readonly<Record<string, Schema>>)) {
      const isOptional = member._zod.optin === 'optional';
      try {
        members[key] = this.values(member, [...path, key]);
        if (!isOptional) required.push(key);
      } catch (error) {
        if (!isOptional || !this.#leave(error)) throw error;
      }
    }
    return this.#fc.record(members, { requiredKeys: required, noNullPrototype: true });
  }

  #record(definition: Definition, path: Path): Values {
    const keys = definition['keyType'] as Schema;
    const values = this.values(definition['valueType'] as Schema, [...path, '[]']);
    const listed = listedKeys(keys);
    // A record whose keys are listed has all of them; a partial one may.
    if (listed !== undefined) {
      const all = Object.fromEntries(listed.map((key) => [key, values]));
      return this.#fc.record(all, { requiredKeys: [...listed], noNullPrototype: true });
    }
    const names = this.values(keys, path)
      .map(String)
      .filter((name) => name !== '__proto__');
    return this.#fc.dictionary(names, values, { maxKeys: 4, noNullPrototype: true });
  }

  #union(options: readonly Schema[], path: Path): Values {
    const values: Values[] = [];
    let last: unknown;
    for (const option of options) {
      try {
        values.push(this.values(option, path));
      } catch (error) {
        if (!this.#leave(error)) throw error;
        last = error;
      }
    }
    if (values.length === 0) throw last ?? new NoValues(path, 'the union has no options');
    return this.#fc.oneof(...values);
  }

  /** A value, or that there is none. */
  #or(none: null | undefined, definition: Definition, path: Path): Values {
    try {
      return this.#fc.option(this.values(definition['innerType'] as Schema, path), { nil: none });
    } catch (error) {
      if (!this.#leave(error)) throw error;
      return this.#fc.constant(none);
    }
  }

  /** What goes in. Of a preprocess nobody can tell: then what comes out of it, which it mostly leaves alone. */
  #pipe(definition: Definition, path: Path): Values {
    const into = definition['in'] as Schema;
    const out = definition['out'] as Schema;
    if (into._zod.def.type === 'transform') return this.values(out, path);
    if (
      into._zod.def.type === 'string' &&
      out._zod.def.type === 'boolean' &&
      (into._zod.def as unknown as Definition).checks === undefined
    )
      return this.#fc.oneof(
        this.#fc.constantFrom('true', 'false', 'yes', 'no', '1', '0', 'on', 'off', 'y', 'n'),
        this.values(into, path),
      );
    return this.values(into, path);
  }

  /** Leaves out what cannot be made where it need not be there. That a value would go on without end is no news. */
  #leave(error: unknown): boolean {
    if (!(error instanceof NoValues)) return false;
    if (error.part.why !== recursive) this.leftOut.push(error.part);
    return true;
  }
}

const recursive = 'it contains itself without end';

function checksOf(definition: Definition): readonly CheckDefinition[] {
  const own = definition.check === undefined ? [] : [definition as unknown as CheckDefinition];
  return [...own, ...(definition.checks ?? []).map((one) => one._zod.def)];
}

/** Checks whose values are not made to fit, or may not be. */
function needsChoice(definition: Definition): boolean {
  if (definition.type === 'pipe' || definition.type === 'intersection') return true;
  const checks = checksOf(definition);
  return definition.type === 'string'
    ? checks.length > 0
    : checks.some(
        (one) =>
          one.check === 'custom' ||
          one.check === 'multiple_of' ||
          one.check === 'property' ||
          one.check === 'number_format',
      );
}

/** Is there a check that only the value itself can tell about? */
function isRefined(definition: Definition): boolean {
  return definition.type === 'pipe' || checksOf(definition).some((one) => one.check === 'custom');
}

/** Does a schema take a value as it comes out of JSON? */
export function takes(schema: Schema, value: unknown): boolean {
  try {
    return schema.safeParse(throughJson(value)).success;
  } catch {
    // A transform threw, or a check is asynchronous.
    return false;
  }
}

/** A value as it is after a way through JSON. */
export function throughJson(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

function listedKeys(keys: Schema): readonly string[] | undefined {
  const definition = definitionOf(keys);
  if (definition.type === 'enum')
    return enumValues(definition['entries'] as Readonly<Record<string, string | number>>).map(String);
  if (definition.type === 'literal') return (definition['values'] as readonly unknown[]).map(String);
  if (definition.type === 'union') {
    const all = (definition['options'] as readonly Schema[]).map(listedKeys);
    return all.includes(undefined) ? undefined : all.flatMap((one) => one ?? []);
  }
  return undefined;
}

/** The values of an enum: one of TypeScript with numbers has its names as values, too. */
function enumValues(entries: Readonly<Record<string, string | number>>): readonly (string | number)[] {
  const numbers = Object.values(entries).filter((one) => typeof one === 'number');
  return Object.entries(entries).flatMap(([key, value]) => (numbers.includes(Number(key)) ? [] : [value]));
}

function boundOf(checks: readonly CheckDefinition[], check: string, otherwise: number): Date {
  const found = checks.find((one) => one.check === check)?.value;
  return found instanceof Date ? new Date(found.getTime() + (check === 'greater_than' ? 1 : -1)) : new Date(otherwise);
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
