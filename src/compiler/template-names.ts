/** What a template asks for: a value of its plan, another template to put there, or a helper. */
export interface Ask {
  readonly kind: 'value' | 'partial' | 'helper';
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

interface Node {
  readonly type: string;
  readonly loc?: { readonly start: { readonly line: number; readonly column: number } };
  readonly [member: string]: unknown;
}

/** Everything that a parsed template asks for, from top to bottom. What stands in an `each` or `with` asks its item. */
export function asksOf(program: unknown): readonly Ask[] {
  const asks: Ask[] = [];
  if (isNode(program)) visit(program, { ask: (ask) => asks.push(ask), names: new Set(), isRoot: true });
  return asks;
}

interface Scope {
  readonly ask: (ask: Ask) => void;
  /** The block parameters that are known here. */
  readonly names: ReadonlySet<string>;
  /** Are names those of the plan here? */
  readonly isRoot: boolean;
}

function visit(node: Node, scope: Scope): void {
  switch (node.type) {
    case 'Program':
      for (const statement of nodes(node['body'])) visit(statement, scope);
      return;
    case 'MustacheStatement':
    case 'SubExpression':
      call(node, scope);
      return;
    case 'BlockStatement': {
      call(node, scope, true);
      const name = nameOf(node['path']);
      const inner = name === 'each' || name === 'with' ? { ...scope, isRoot: false } : scope;
      const program = node['program'];
      if (isNode(program)) visit(program, { ...inner, names: new Set([...scope.names, ...blockParams(program)]) });
      if (isNode(node['inverse'])) visit(node['inverse'], scope);
      return;
    }
    case 'PartialStatement':
    case 'PartialBlockStatement': {
      const name = nameOf(node['name']);
      if (name !== undefined) scope.ask({ kind: 'partial', name, ...place(node) });
      for (const inner of [...nodes(node['params']), ...pairs(node)]) visit(inner, scope);
      if (isNode(node['program'])) visit(node['program'], scope);
      return;
    }
    case 'PathExpression':
      value(node, scope);
  }
}

/** `{{name}}` is a value; `{{name argument}}` and `{{#name …}}` call a helper. A block without arguments asks for a value. */
function call(node: Node, scope: Scope, isBlock = false): void {
  const params = nodes(node['params']);
  const { path } = node;
  const isHelper = params.length > 0 || pairs(node).length > 0 || node.type === 'SubExpression';
  const name = nameOf(path);
  if (isHelper || (isBlock && (name === 'if' || name === 'each'))) {
    if (name !== undefined) scope.ask({ kind: 'helper', name, ...place(node) });
  } else if (isNode(path)) visit(path, scope);
  for (const inner of [...params, ...pairs(node)]) visit(inner, scope);
}

function value(node: Node, { ask, names, isRoot }: Scope): void {
  const [name] = Array.isArray(node['parts']) ? (node['parts'] as readonly unknown[]) : [];
  // `@index`, `this` and `../name` are no values of the plan as far as can be said here.
  if (typeof name !== 'string' || node['data'] === true || node['depth'] !== 0 || !isRoot || names.has(name)) return;
  ask({ kind: 'value', name, ...place(node) });
}

function nameOf(path: unknown): string | undefined {
  return isNode(path) && typeof path['original'] === 'string' ? path['original'] : undefined;
}

function blockParams(program: Node): readonly string[] {
  return Array.isArray(program['blockParams']) ? (program['blockParams'] as readonly string[]) : [];
}

function pairs(node: Node): readonly Node[] {
  const hash = node['hash'] as { readonly pairs?: readonly { readonly value: unknown }[] } | undefined;
  return (hash?.pairs ?? []).flatMap(({ value: inner }) => (isNode(inner) ? [inner] : []));
}

function nodes(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function place({ loc }: Node): Pick<Ask, 'line' | 'column'> {
  return { line: loc?.start.line ?? 1, column: (loc?.start.column ?? 0) + 1 };
}
