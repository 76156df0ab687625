import { isDuration, milliseconds } from '../../core/index.ts';
import { globalNames, reservedWords } from '../../model/text/words.ts';
import type { Fields, FieldType, Item, Parameter, Pattern, Values } from './pattern.ts';
import { prefixed } from './text.ts';

const types: readonly FieldType[] = ['string', 'integer', 'number', 'boolean'];
/** What the code of patterns calls things itself. */
const own = new Set(
  'f z input item items value values parts part total decision outcome asked performed refused job state event task flow'.split(
    ' ',
  ),
);

/** Checks parameters, and fills in what was left out. All problems at once, each in a sentence. */
export function checkValues(
  pattern: Pattern,
  given: unknown,
): { readonly values: Values } | { readonly problems: readonly string[] } {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { problems: [`the parameters of '${pattern.name}' are an object`] };
  }
  const { parameters } = pattern;
  const known = parameters.map(({ key }) => key);
  const problems = Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => `there is no parameter '${key}'; there are: ${known.join(', ')}`);
  const found = new Map<string, unknown>();
  for (const parameter of parameters) {
    const { key, fallback, what } = parameter;
    const value = Object.hasOwn(given, key) ? (given as Readonly<Record<string, unknown>>)[key] : undefined;
    if (value === undefined && fallback === undefined) problems.push(`'${key}' is missing: ${what}`);
    else problems.push(...check(parameter, value ?? fallback, (checked) => found.set(key, checked)));
  }
  if (problems.length === 0) problems.push(...collisions(parameters, found));
  if (problems.length > 0) return { problems };
  const get = <T>(key: string): T => found.get(key) as T;
  return {
    values: {
      name: get<string>,
      items: get<readonly Item[]>,
      fields: get<Fields>,
      type: get<FieldType>,
      duration: get<string>,
      count: get<number>,
    },
  };
}

function check({ key, is }: Parameter, value: unknown, keep: (value: unknown) => void): readonly string[] {
  const wrong = (wanted: string): readonly string[] => [`'${key}' should be ${wanted}, not ${shown(value)}`];
  switch (is.kind) {
    case 'name': {
      const problem = nameProblem(value);
      if (problem !== undefined) return [`'${key}' ${problem}`];
      keep(value);
      return [];
    }
    case 'items':
      return checkItems(key, is, value, keep);
    case 'fields': {
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (!isObject || Object.keys(value).length === 0)
        return wrong("fields with their types, such as { id: 'string' }");
      keep(value);
      return Object.entries(value).flatMap(([name, type]) => [
        ...(name === '' || name === '__proto__' || is.taken?.includes(name) === true
          ? [`a field of '${key}' cannot be called ${shown(name)}`]
          : []),
        ...(types.some((known) => known === type)
          ? []
          : [`the type of field ${shown(name)} should be ${oneOf(types)}, not ${shown(type)}`]),
      ]);
    }
    case 'type':
      if (!types.some((known) => known === value)) return wrong(oneOf(types));
      break;
    case 'duration':
      if (typeof value !== 'string' || !isDuration(value) || milliseconds(value) === 0)
        return wrong("a duration above zero, such as '30s'");
      break;
    case 'count':
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < is.least)
        return wrong(`a whole number from ${is.least} on`);
  }
  keep(value);
  return [];
}

function checkItems(
  key: string,
  { least, names }: { readonly least: number; readonly names: readonly string[] },
  value: unknown,
  keep: (value: unknown) => void,
): readonly string[] {
  const sample = `'${names.length === 1 ? 'clean' : 'flight'}' or { id: …, ${names.map((name) => `${name}: …`).join(', ')} }`;
  if (!Array.isArray(value) || value.length < least)
    return [`'${key}' should be a list of at least ${least}, such as ${sample}`];
  const problems: string[] = [];
  const items = value.map((item: unknown, index): Item => {
    const given: Readonly<Record<string, unknown>> =
      typeof item === 'string' ? { id: item } : typeof item === 'object' && item !== null ? { ...item } : {};
    const { id } = given;
    const complete: Record<string, unknown> = { id };
    for (const name of names) complete[name] = given[name] ?? (typeof id === 'string' ? prefixed(name, id) : undefined);
    for (const unknown of Object.keys(given)) {
      if (!Object.hasOwn(complete, unknown)) problems.push(`'${key}[${index}]' has no '${unknown}': it is ${sample}`);
    }
    for (const [name, text] of Object.entries(complete)) {
      const problem = nameProblem(text);
      if (problem !== undefined) problems.push(`'${key}[${index}].${name}' ${problem}`);
    }
    return complete as Item;
  });
  keep(items);
  return problems;
}

/** Names are identifiers, so that the constant and the definition are called alike. */
function nameProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return `should be a name, not ${shown(value)}`;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) return `should be a name of letters and digits, not ${shown(value)}`;
  if (reservedWords.has(value) || globalNames.has(value))
    return `cannot be '${value}', which means something in TypeScript`;
  return own.has(value) || value.startsWith('__') ? `cannot be '${value}', which the pattern itself uses` : undefined;
}

/** One name for two things would hide one of them. */
function collisions(parameters: readonly Parameter[], found: ReadonlyMap<string, unknown>): readonly string[] {
  const names = parameters.flatMap(({ key, is }) => {
    const value = found.get(key);
    if (is.kind === 'name') return [value as string];
    return is.kind === 'items' ? (value as readonly Item[]).flatMap((item) => Object.values(item)) : [];
  });
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map(
    (name) => `the name '${name}' is used twice`,
  );
}

function oneOf(words: readonly string[]): string {
  return `one of ${words.map((word) => `'${word}'`).join(', ')}`;
}

function shown(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
