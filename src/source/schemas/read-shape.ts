import { ts } from '../syntax/typescript.js';
import { normaliseText, type SchemaNode, type SystemModel } from '../../model/index.ts';
import { opaque, type Shape } from './shape.ts';

/** Reads what a schema accepts from its text and the declarations that it reaches. */
export function shapeOf(schema: SchemaNode, model: SystemModel): Shape {
  return new Reader(model).read(parse(`(${schema.text})`), []);
}

function parse(text: string): ts.Expression | undefined {
  const source = ts.createSourceFile('schema.ts', text, ts.ScriptTarget.Latest, true);
  const [statement] = source.statements;
  if (statement === undefined) return undefined;
  if (ts.isExpressionStatement(statement)) return statement.expression;
  return ts.isVariableStatement(statement) ? statement.declarationList.declarations[0]?.initializer : undefined;
}

/** The base schemas that take no argument. */
const plain: Readonly<Record<string, Shape>> = {
  any: { kind: 'anything' },
  unknown: { kind: 'anything' },
  json: { kind: 'anything' },
  string: { kind: 'string' },
  boolean: { kind: 'boolean' },
  number: { kind: 'number', int: false },
  int: { kind: 'number', int: true },
  date: { kind: 'date' },
  void: { kind: 'nothing' },
  undefined: { kind: 'nothing' },
  null: { kind: 'literals', values: [null] },
};

/** Methods that say nothing of what is accepted. */
const silent = new Set(['describe', 'meta', 'brand', 'readonly', 'register', 'trim', 'toLowerCase', 'toUpperCase']);

class Reader {
  readonly #model: SystemModel;
  constructor(model: SystemModel) {
    this.#model = model;
  }

  read(node: ts.Expression | undefined, seen: readonly string[]): Shape {
    if (node === undefined) return opaque('');
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) {
      return this.read(node.expression, seen);
    }
    if (ts.isIdentifier(node)) return this.#named(node.text, seen);
    if (ts.isCallExpression(node)) return this.#call(node, seen) ?? this.#opaque(node, seen);
    if (ts.isPropertyAccessExpression(node)) return this.#field(node, seen) ?? this.#opaque(node, seen);
    return this.#opaque(node, seen);
  }

  #named(name: string, seen: readonly string[]): Shape {
    const local = Object.hasOwn(this.#model.locals, name) ? this.#model.locals[name] : undefined;
    if (local === undefined || seen.includes(name)) return opaque(name);
    return this.read(parse(local.text), [...seen, name]);
  }

  /** The text, with the declarations that it names: equal texts then mean the same. */
  #opaque(node: ts.Node, seen: readonly string[]): Shape {
    const texts = [normaliseText(node.getText())];
    const visit = (inner: ts.Node): void => {
      if (ts.isIdentifier(inner) && Object.hasOwn(this.#model.locals, inner.text) && !seen.includes(inner.text)) {
        texts.push(normaliseText(this.#model.locals[inner.text]?.text ?? ''));
      }
      ts.forEachChild(inner, visit);
    };
    visit(node);
    return opaque(texts.join('\n'));
  }

  /** `Order.shape.lines` */
  #field(node: ts.PropertyAccessExpression, seen: readonly string[]): Shape | undefined {
    const holder = node.expression;
    if (!ts.isPropertyAccessExpression(holder) || holder.name.text !== 'shape') return undefined;
    const object = this.read(holder.expression, seen);
    return object.kind === 'object' && Object.hasOwn(object.fields, node.name.text)
      ? object.fields[node.name.text]
      : undefined;
  }

  #call(node: ts.CallExpression, seen: readonly string[]): Shape | undefined {
    if (!ts.isPropertyAccessExpression(node.expression)) return undefined;
    const { expression: target, name } = node.expression;
    const [first, second] = node.arguments;
    if (ts.isIdentifier(target) && target.text === 'z' && !Object.hasOwn(this.#model.locals, 'z')) {
      return this.#base(name.text, first, second, seen);
    }
    return this.#method(this.read(target, seen), name.text, first, node, seen);
  }

  #base(
    name: string,
    first: ts.Expression | undefined,
    second: ts.Expression | undefined,
    seen: readonly string[],
  ): Shape | undefined {
    if (Object.hasOwn(plain, name)) return plain[name];
    switch (name) {
      case 'literal':
      case 'enum': {
        const values = literals(first);
        return values && { kind: 'literals', values };
      }
      case 'array':
        return { kind: 'array', item: this.read(first, seen) };
      case 'record':
        return second && { kind: 'record', value: this.read(second, seen) };
      case 'optional':
        return { kind: 'optional', inner: this.read(first, seen) };
      case 'nullable':
        return nullable(this.read(first, seen));
      case 'union':
        return first !== undefined && ts.isArrayLiteralExpression(first)
          ? { kind: 'union', options: first.elements.map((option) => this.read(option, seen)) }
          : undefined;
      case 'object':
      case 'strictObject': {
        const fields = this.#fields(first, seen);
        return fields && { kind: 'object', fields, strict: name === 'strictObject' };
      }
      default:
        return undefined;
    }
  }

  #fields(node: ts.Expression | undefined, seen: readonly string[]): Record<string, Shape> | undefined {
    if (node === undefined || !ts.isObjectLiteralExpression(node)) return undefined;
    const fields: Record<string, Shape> = {};
    for (const property of node.properties) {
      if (ts.isSpreadAssignment(property)) {
        const spread = this.#shapeOfSpread(property.expression, seen);
        if (spread === undefined) return undefined;
        Object.assign(fields, spread);
      } else if (ts.isShorthandPropertyAssignment(property)) {
        fields[property.name.text] = this.#named(property.name.text, seen);
      } else if (
        ts.isPropertyAssignment(property) &&
        (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name))
      ) {
        fields[property.name.text] = this.read(property.initializer, seen);
      } else return undefined;
    }
    return fields;
  }

  #shapeOfSpread(node: ts.Expression, seen: readonly string[]): Readonly<Record<string, Shape>> | undefined {
    if (!ts.isPropertyAccessExpression(node) || node.name.text !== 'shape') return undefined;
    const object = this.read(node.expression, seen);
    return object.kind === 'object' ? object.fields : undefined;
  }

  #method(
    inner: Shape,
    name: string,
    first: ts.Expression | undefined,
    node: ts.CallExpression,
    seen: readonly string[],
  ): Shape | undefined {
    if (inner.kind === 'opaque') return undefined;
    if (silent.has(name)) return inner;
    switch (name) {
      case 'optional':
      case 'exactOptional':
      case 'default':
      case 'prefault':
        return { kind: 'optional', inner };
      case 'nullable':
        return nullable(inner);
      case 'nullish':
        return { kind: 'optional', inner: nullable(inner) };
      case 'array':
        return { kind: 'array', item: inner };
      case 'or':
        return { kind: 'union', options: [inner, this.read(first, seen)] };
      case 'int':
        return inner.kind === 'number' ? { kind: 'number', int: true } : undefined;
      case 'extend':
      case 'safeExtend': {
        const fields = this.#fields(first, seen);
        return inner.kind === 'object' && fields !== undefined
          ? { ...inner, fields: { ...inner.fields, ...fields } }
          : undefined;
      }
      case 'pick':
      case 'omit':
      case 'partial':
        return inner.kind === 'object' ? some(inner, name, first) : undefined;
      case 'strict':
        return inner.kind === 'object' ? { ...inner, strict: true } : undefined;
      default:
        return limit(inner, name, node.arguments.map((argument) => normaliseText(argument.getText())).join(', '));
    }
  }
}

/** Methods that only take away from what is accepted. Anything else may change it in any way. */
const limits = new Set(
  'min max length nonempty regex startsWith endsWith includes email url uuid positive negative nonnegative nonpositive gt gte lt lte multipleOf finite safe refine check'.split(
    ' ',
  ),
);

function limit(inner: Shape, name: string, value: string): Shape | undefined {
  if (!limits.has(name)) return undefined;
  return inner.kind === 'limited'
    ? { ...inner, limits: { ...inner.limits, [name]: value } }
    : { kind: 'limited', inner, limits: { [name]: value } };
}

const nullable = (inner: Shape): Shape => ({ kind: 'union', options: [inner, { kind: 'literals', values: [null] }] });

function some(
  object: Extract<Shape, { readonly kind: 'object' }>,
  name: 'pick' | 'omit' | 'partial',
  mask: ts.Expression | undefined,
): Shape | undefined {
  const named =
    mask !== undefined && ts.isObjectLiteralExpression(mask)
      ? new Set(mask.properties.map((property) => property.name?.getText() ?? ''))
      : undefined;
  if (named === undefined && name !== 'partial') return undefined;
  const entries = Object.entries(object.fields);
  const has = (field: string): boolean => named === undefined || named.has(field);
  const fields =
    name === 'partial'
      ? entries.map(([field, inner]) => [field, has(field) ? ({ kind: 'optional', inner } as const) : inner] as const)
      : entries.filter(([field]) => has(field) === (name === 'pick'));
  return { ...object, fields: Object.fromEntries(fields) };
}

function literals(node: ts.Expression | undefined): readonly (string | number | boolean | null)[] | undefined {
  if (node === undefined) return undefined;
  if (ts.isAsExpression(node) || ts.isParenthesizedExpression(node)) return literals(node.expression);
  if (ts.isArrayLiteralExpression(node)) {
    const all = node.elements.map(literals);
    return all.every((each) => each !== undefined) ? all.flat() : undefined;
  }
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isNumericLiteral(node)) return [Number(node.text)];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [true];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [false];
  return node.kind === ts.SyntaxKind.NullKeyword ? [null] : undefined;
}
