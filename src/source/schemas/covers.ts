import type { Shape } from './shape.ts';

/** Is every value that `inner` accepts surely accepted by `outer`? */
export function covers(outer: Shape, inner: Shape): boolean {
  if (outer.kind === 'anything') return true;
  if (inner.kind === 'union') return inner.options.every((option) => covers(outer, option));
  if (outer.kind === 'limited') return coversLimited(outer, inner);
  if (inner.kind === 'limited') return covers(outer, inner.inner);
  if (outer.kind === 'optional') {
    return inner.kind === 'nothing' || covers(outer.inner, inner.kind === 'optional' ? inner.inner : inner);
  }
  if (outer.kind === 'union') return outer.options.some((option) => covers(option, inner));
  switch (inner.kind) {
    case 'literals':
      return inner.values.every((value) => coversLiteral(outer, value));
    case 'number':
      return outer.kind === 'number' && (inner.int || !outer.int);
    case 'array':
      return outer.kind === 'array' && covers(outer.item, inner.item);
    case 'record':
      return outer.kind === 'record' && covers(outer.value, inner.value);
    case 'object':
      return coversObject(outer, inner);
    case 'opaque':
      return outer.kind === 'opaque' && outer.text === inner.text;
    default:
      return outer.kind === inner.kind;
  }
}

function coversLiteral(outer: Shape, value: string | number | boolean | null): boolean {
  switch (outer.kind) {
    case 'literals':
      return outer.values.includes(value);
    case 'number':
      return typeof value === 'number' && (!outer.int || Number.isInteger(value));
    case 'string':
    case 'boolean':
      return typeof value === outer.kind;
    default:
      return false;
  }
}

function coversObject(outer: Shape, inner: Extract<Shape, { readonly kind: 'object' }>): boolean {
  if (outer.kind === 'record') return Object.values(inner.fields).every((field) => covers(outer.value, field));
  if (outer.kind !== 'object') return false;
  const known = Object.entries(inner.fields).every(([name, field]) =>
    Object.hasOwn(outer.fields, name) ? covers(outer.fields[name] as Shape, field) : !outer.strict,
  );
  // A plain `z.object` drops unknown fields, so a value that went through it has none under a new name.
  const wanted = Object.entries(outer.fields).every(
    ([name, field]) => Object.hasOwn(inner.fields, name) || field.kind === 'optional',
  );
  return known && wanted && (!outer.strict || inner.strict);
}

/** Limits whose growth, or fall, accepts more. */
const direction: Readonly<Record<string, 1 | -1>> = { max: 1, lt: 1, lte: 1, min: -1, gt: -1, gte: -1 };

function coversLimited(outer: Extract<Shape, { readonly kind: 'limited' }>, inner: Shape): boolean {
  const has = inner.kind === 'limited' ? inner.limits : {};
  const base = inner.kind === 'limited' ? inner.inner : inner;
  return (
    covers(outer.inner, base) &&
    Object.entries(outer.limits).every(([name, value]) => {
      const other = Object.hasOwn(has, name) ? has[name] : undefined;
      if (other === undefined || other === value) return other === value;
      return (Number(value) - Number(other)) * (direction[name] ?? Number.NaN) > 0;
    })
  );
}

/** Does a value that went through `inner` keep all its fields when it goes through `outer`? */
export function keeps(outer: Shape, inner: Shape): boolean {
  if (inner.kind === 'optional' || inner.kind === 'limited') return keeps(outer, inner.inner);
  if (outer.kind === 'optional' || outer.kind === 'limited') return keeps(outer.inner, inner);
  if (inner.kind === 'union') return inner.options.every((option) => keeps(outer, option));
  if (outer.kind === 'union') return outer.options.some((option) => covers(option, inner) && keeps(option, inner));
  if (inner.kind === 'array' && outer.kind === 'array') return keeps(outer.item, inner.item);
  if (inner.kind === 'record' && outer.kind === 'record') return keeps(outer.value, inner.value);
  if (inner.kind !== 'object' || outer.kind !== 'object') return true;
  return Object.entries(inner.fields).every(
    ([name, field]) => Object.hasOwn(outer.fields, name) && keeps(outer.fields[name] as Shape, field),
  );
}
