import { expect, test } from 'vitest';
import { z } from 'zod';
import { jsonSchemaOf, strictSchema } from './index.ts';

const about = { provider: 'p', model: 'm' };
const strictOf = (type: z.ZodType) => strictSchema(jsonSchemaOf(type, about));

test('what may be left out may be null in the strict dialect, at every depth', () => {
  const type = z.object({
    name: z.string().min(1).describe('who'),
    nick: z.string().optional(),
    level: z.int().min(0).default(3),
    kids: z.array(z.object({ age: z.number().optional() })),
  });
  expect(strictOf(type)).toMatchObject({
    type: 'object',
    required: ['name', 'nick', 'level', 'kids'],
    additionalProperties: false,
    properties: {
      name: { type: 'string', description: 'who' },
      nick: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      level: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      kids: {
        type: 'array',
        items: { required: ['age'], properties: { age: { anyOf: [{ type: 'number' }, { type: 'null' }] } } },
      },
    },
  });
});

test('unions that are told apart by a member become anyOf', () => {
  const type = z.object({
    shape: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a'), n: z.number() }),
      z.object({ kind: z.literal('b') }),
    ]),
  });
  expect(strictOf(type)).toHaveProperty('properties.shape.anyOf.1.required', ['kind']);
});

test.each([
  ['records', z.object({ by: z.record(z.string(), z.number()) })],
  ['anything', z.object({ it: z.unknown() })],
  ['members that are not named', z.looseObject({ a: z.string() })],
  ['lists at the root', z.array(z.string())],
])('%s cannot be said there', (_name, type) => {
  expect(strictOf(type)).toBeUndefined();
});

test('what JSON cannot have is a bad request before anything is sent', () => {
  expect(() => jsonSchemaOf(z.object({ at: z.date() }), about)).toThrow(
    expect.objectContaining({ kind: 'badRequest', code: 'MR4004', mayHaveCost: false }),
  );
});
