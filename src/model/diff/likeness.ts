/** How alike two things are, from 0 (nothing in common) to 1, and by what that is judged. */

/** What a thing consists of, each with how often it occurs. */
export type Features = ReadonlyMap<string, number>;

const silent: ReadonlySet<string> = new Set(['location', 'uses', 'lambda']);

/**
 * What a node of the model says, whatever it is called: its fields with their values, of code and schemas their words.
 *
 * @param name What it is called: the same for both of two that are compared.
 */
export function contentOf(node: object, name: string): Features {
  const found = new Map<string, number>();
  const add = (path: string, value: unknown): void => {
    if (typeof value !== 'object' || value === null) {
      const words = typeof value === 'string' ? (value.match(/[\p{L}\p{N}_$]+/gu) ?? ['']) : [String(value)];
      for (const word of words) count(found, `${path}=${word === name ? '*' : word}`);
      return;
    }
    if (Array.isArray(value)) {
      for (const item of value as readonly unknown[]) add(`${path}[${nameIn(item, name)}]`, item);
      return;
    }
    for (const [key, inner] of Object.entries(value)) if (!silent.has(key)) add(`${path}.${key}`, inner);
  };
  add('', node);
  return found;
}

/**
 * Where in a part of the model a name stands as a value: who refers to it.
 *
 * @param fields The fields that hold such names: others may hold the same word and mean something else.
 */
export function placesOf(part: object, name: string, fields: ReadonlySet<string>): Features {
  const found = new Map<string, number>();
  const walk = (path: string, value: unknown, field: string): void => {
    // Where it is referred to counts more than one word of what it says.
    if (value === name && fields.has(field)) count(found, `used ${path}`, 4);
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value as readonly unknown[]) walk(`${path}[${nameIn(item, name, fields)}]`, item, field);
      return;
    }
    for (const [key, inner] of Object.entries(value)) if (!silent.has(key)) walk(`${path}.${key}`, inner, key);
  };
  walk('', part, '');
  return found;
}

/** How much of two is the same. */
export function likeness(a: Features, b: Features): number {
  let [all, common] = [0, 0];
  for (const [feature, number] of a) {
    all += number;
    common += Math.min(number, b.get(feature) ?? 0);
  }
  for (const number of b.values()) all += number;
  return all === 0 ? 0 : (2 * common) / all;
}

/** How alike two names are, by the pairs of letters in them. */
export function nameLikeness(a: string, b: string): number {
  const pairs = (name: string): Features => {
    const found = new Map<string, number>();
    const text = ` ${name.toLowerCase()} `;
    for (let index = 0; index + 1 < text.length; index++) count(found, text.slice(index, index + 2));
    return found;
  };
  return likeness(pairs(a), pairs(b));
}

/** The features of both. */
export function joined(...all: readonly Features[]): Features {
  const found = new Map<string, number>();
  for (const features of all) for (const [feature, number] of features) count(found, feature, number);
  return found;
}

function count(into: Map<string, number>, feature: string, number = 1): void {
  into.set(feature, (into.get(feature) ?? 0) + number);
}

/** What an item of a list is called, so that its place in the list does not matter. */
function nameIn(item: unknown, name: string, fields?: ReadonlySet<string>): string {
  if (typeof item !== 'object' || item === null) return '';
  for (const key of ['name', 'id', 'event', 'delay'] as const) {
    const value = (item as Readonly<Record<string, unknown>>)[key];
    if (typeof value === 'string') return value === name && fields?.has(key) !== false ? '*' : value;
  }
  return '';
}
