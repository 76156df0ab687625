import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSystem } from 'millrace/source';
import { root } from '../support/type-check.ts';
import * as everything from './everything.dsl.ts';

/** What a living object and its node of the model have in common: lambdas and schemas become words. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return value;
  if ('_zod' in value) return 'schema';
  const { kind } = value as { readonly kind?: unknown };
  if (kind === 'schema') return 'schema';
  if (kind === 'expression' || kind === 'call') return 'lambda';
  if (typeof value === 'function' && kind === undefined) return 'lambda';
  // A doc comment is a description to the reader, and nothing to a running program.
  const entries = Object.entries(value).filter(([key]) => key !== 'location');
  return Object.fromEntries(entries.map(([key, inner]) => [key, shape(inner)]));
}

const { system, diagnostics } = await readSystem(join(root, 'test/language/everything.dsl.ts'));
const nodes: Readonly<Record<string, unknown>> = {
  ...system?.events,
  ...system?.tasks,
  ...system?.agents,
  ...system?.resources,
  ...system?.flows,
  ...system?.machines,
};

test('the reader understands every construct', () => {
  expect(diagnostics).toEqual([]);
});

const { default: head, ...definitions } = everything;
test.each(Object.values(definitions).map((definition) => [definition.kind, definition.name, definition] as const))(
  'executing and reading agree: %s %s',
  (_kind, name, definition) => {
    expect(nodes[name]).toBeDefined();
    expect(shape(definition)).toEqual(shape(nodes[name]));
  },
);

test('executing and reading agree: the head of the system', () => {
  const { version, retention, tags, metadata } = head;
  expect({ version, retention, tags, metadata }).toEqual({
    version: system?.version,
    retention: system?.retention,
    tags: system?.tags,
    metadata: system?.metadata,
  });
});
