import { normaliseText } from '../text/normalise.ts';

/** A value of the model as far as its structure goes. */
type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };
type Owner = { readonly [key: string]: Value };

/** Members whose value is the user's own JSON: every character of it counts. */
const userData = new Set(['metadata', 'retention', 'budget', 'access']);
/** Members that hold code. */
const code = new Set(['text', 'parameter', 'body', 'argument']);
/** Members of a system that are keyed by name. */
const maps = new Set(['contexts', 'events', 'tasks', 'agents', 'resources', 'flows', 'machines', 'locals', 'imports']);

/**
 * What counts of a node, ready to be printed as canonical JSON: without locations and the list of files, its code
 * normalised, a relative import counted from the system's folder.
 */
export function significant(node: object): unknown {
  return printOwner(node as Owner);
}

/** Definitions are printed for the system and for their own hash, declarations for every hash that reaches them. */
const known = new WeakMap<Owner, unknown>();

function printOwner(owner: Owner): unknown {
  const before = known.get(owner);
  if (before !== undefined) return before;
  const printed = Object.fromEntries(
    Object.entries(owner)
      .filter(([key]) => key !== 'location' && !(owner['kind'] === 'system' && key === 'files'))
      .map(([key, value]) => [key, printMember(owner, key, value)] as const),
  );
  if (owner['kind'] !== undefined && Object.isFrozen(owner)) known.set(owner, printed);
  return printed;
}

function printMember(owner: Owner, key: string, value: Value): unknown {
  if (isUserData(owner, key, value)) return value;
  if (typeof value === 'string') {
    if (owner['kind'] === 'import' && key === 'from') return fromFolder(value, owner['location'] as Owner);
    return code.has(key) ? normalised(value) : value;
  }
  if (value === null || typeof value !== 'object') return value;
  // A definition may have any name, `location` included.
  if (owner['kind'] === 'system' && maps.has(key)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, printOwner(inner as Owner)]));
  }
  if (key === 'options') {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, isExpression(inner) ? printOwner(inner) : inner]),
    );
  }
  return printValue(value);
}

/** Most code of a system stands there several times: a schema, the name of an event, `input.id`. */
const texts = new Map<string, string>();
const mostTexts = 10_000;

function normalised(text: string): string {
  let print = texts.get(text);
  if (print === undefined) {
    if (texts.size >= mostTexts) texts.clear();
    texts.set(text, (print = normaliseText(text)));
  }
  return print;
}

function printValue(value: Value): unknown {
  if (Array.isArray(value)) return value.map(printValue);
  return value !== null && typeof value === 'object' ? printOwner(value as Owner) : value;
}

function isUserData(owner: Owner, key: string, value: Value): boolean {
  if (userData.has(key)) return true;
  if (key === 'options') return owner['kind'] === 'agent' || owner['kind'] === 'resource';
  // The examples of a task and the context policy of a model call are JSON; nodes of these names say their kind.
  if (key === 'input' || key === 'output') return owner['kind'] === undefined;
  return key === 'context' && owner['kind'] === undefined && typeof value === 'object';
}

function isExpression(value: Value): value is Owner {
  return (
    value !== null && typeof value === 'object' && !Array.isArray(value) && (value as Owner)['kind'] === 'expression'
  );
}

/** `../mail.ts` in `parts/orders.dsl.ts` is `mail.ts`. */
function fromFolder(specifier: string, location: Owner | undefined): string {
  if (!specifier.startsWith('.')) return specifier;
  const path = (typeof location?.['file'] === 'string' ? location['file'] : '').split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..' && path.length > 0 && path.at(-1) !== '..') path.pop();
    else if (part !== '.') path.push(part);
  }
  return `./${path.join('/')}`;
}
