import type { CallNode, Location } from '../../model/index.ts';

/** A lambda of the executed source. */
export type LiveLambda = (scope: never) => unknown;

/** How live values are handed on. */
export interface Pairing {
  /** What stands in the result for a call of the model. */
  readonly call: (node: CallNode, live: LiveLambda) => unknown;
  /** Notes every lambda, call and schema that was bound, by path. */
  readonly bound: (path: string) => void;
  /** Notes every place where the two differ. */
  readonly differs: (path: string, how: string) => void;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Walks a node of the model and its living twin side by side. The result has the shape of the node, with functions in
 * place of expressions, schemas in place of their text, and `at` (`line:column`) where the node has a location.
 */
export function pair(node: unknown, live: unknown, path: string, pairing: Pairing): unknown {
  if (Array.isArray(node)) return pairList(node, live, path, pairing);
  if (!isFields(node)) {
    if (!Object.is(node, live))
      pairing.differs(path, `the source says ${show(node)}, executing it gives ${show(live)}`);
    return node;
  }
  switch (node['kind']) {
    case 'expression':
    case 'call':
      if (typeof live !== 'function')
        return pairing.differs(path, `executing the source gives no function, but ${show(live)}`);
      pairing.bound(path);
      return node['kind'] === 'call' ? pairing.call(node as unknown as CallNode, live as LiveLambda) : live;
    case 'schema':
      if (!isSchema(live)) return pairing.differs(path, `executing the source gives no schema, but ${show(live)}`);
      pairing.bound(path);
      return live;
    default:
      return pairFields(node, live, path, pairing);
  }
}

function pairList(node: readonly unknown[], live: unknown, path: string, pairing: Pairing): unknown {
  if (!Array.isArray(live) || live.length !== node.length) {
    const count = Array.isArray(live) ? String(live.length) : 'no list';
    return pairing.differs(path, `the source has ${node.length}, executing it gives ${count}`);
  }
  return node.map((item, index) => pair(item, live[index], `${path}[${labelOf(item) ?? index}]`, pairing));
}

function pairFields(node: Fields, live: unknown, path: string, pairing: Pairing): unknown {
  if ((typeof live !== 'object' && typeof live !== 'function') || live === null) {
    return pairing.differs(
      path,
      live === undefined ? 'executing the source gives nothing' : `executing the source gives ${show(live)}`,
    );
  }
  const twin = live as Fields;
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(node)) {
    if (key === 'location' && isLocation(inner)) result['at'] = `${inner.line}:${inner.column}`;
    // A doc comment is a description that execution does not see.
    else if (key === 'description' && twin[key] === undefined) result[key] = inner;
    else result[key] = pair(inner, twin[key], path === '' ? key : `${path}.${key}`, pairing);
  }
  for (const key of Object.keys(twin)) {
    if (!Object.hasOwn(node, key) && twin[key] !== undefined)
      pairing.differs(`${path}.${key}`, 'executing the source gives this, reading it does not');
  }
  return result;
}

/** What tells one item of a list from the others. */
function labelOf(item: unknown): string | undefined {
  if (!isFields(item)) return undefined;
  const { id, name, alias, event, field } = item;
  return [id, name, alias, event, field].find((label) => typeof label === 'string');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isLocation(value: unknown): value is Location {
  return isFields(value) && typeof value['endColumn'] === 'number' && typeof value['file'] === 'string';
}

function isSchema(value: unknown): boolean {
  return isFields(value) && typeof value['parse'] === 'function';
}

function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  return value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value)).slice(0, 80);
}
