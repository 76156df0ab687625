import { expect, it } from 'vitest';
import { z } from 'zod';
import { event, system, task } from '../../model/fixtures/nodes.ts';
import { defineExtension } from '../define-extension.ts';
import { defineRule } from '../define-rule.ts';
import { found, messages } from '../fixtures/found.ts';
import { validateSystem } from '../validate.ts';
import { extensionData, unknownExtension } from './rule.ts';

const pricing = defineExtension({
  id: 'shop/pricing',
  schema: z.object({
    tier: z.enum(['free', 'gold']),
    lines: z.array(z.object({ cents: z.int().default(1) })).default([]),
  }),
  on: ['task', 'system'],
});
const world = { extensions: [pricing] };
const carries = (metadata: Readonly<Record<string, never>> | object) =>
  system({ tasks: [{ ...task('charge'), metadata: metadata as never }] });

it("is content with data that fits, and with keys that are nobody's", () => {
  const model = carries({ 'shop/pricing': { tier: 'gold' }, free: 1, '/x': 1, 'a/': 1, 'http://x': 1 });
  expect(messages(unknownExtension, model, world)).toEqual([]);
  expect(messages(extensionData, model, world)).toEqual([]);
});

it('reports an id that is not registered, with the nearest', () => {
  const [finding] = found(unknownExtension, carries({ 'shop/prcing': {} }), world);
  expect(finding).toMatchObject({
    message: "There is no extension 'shop/prcing'. Registered: shop/pricing.",
    hint: "Did you mean 'shop/pricing'?",
    path: 'tasks.charge.metadata',
    location: task('charge').location,
  });
  expect(messages(unknownExtension, carries({ 'a/b': {} }), { extensions: [] })).toEqual([
    "There is no extension 'a/b'. None is registered.",
  ]);
  // A program that does not know the config says nothing.
  expect(messages(unknownExtension, carries({ 'a/b': {} }))).toEqual([]);
});

it('reports all that is wrong with the data, with its path', () => {
  expect(
    messages(extensionData, carries({ 'shop/pricing': { tier: 'silver', lines: [{ cents: 1.5 }] } }), world),
  ).toEqual([
    expect.stringMatching(/^'shop\/pricing' of the task 'charge' is not what the extension demands: 'tier': /),
    expect.stringMatching(/: 'lines\[0\]\.cents': /),
  ]);
  expect(messages(extensionData, carries({ 'shop/pricing': 1 }), world)).toHaveLength(1);
});

it('reports data where the extension may not stand', () => {
  const model = system({ events: [{ ...event('placed'), metadata: { 'shop/pricing': { tier: 'gold' } } }] });
  expect(messages(extensionData, model, world)).toEqual([
    "The extension 'shop/pricing' is for a task or a system, not for the event 'placed'.",
  ]);
  const own = { ...system(), metadata: { 'shop/pricing': {} } };
  expect(found(extensionData, own, world)).toMatchObject([{ path: 'system.metadata' }]);
});

it('gives its data, with defaults filled in, and nothing when it is wrong or not there', () => {
  const of = (metadata: object) => pricing.of({ metadata: metadata as never });
  expect(of({ 'shop/pricing': { tier: 'gold', lines: [{}] } })).toEqual({ tier: 'gold', lines: [{ cents: 1 }] });
  expect([of({ 'shop/pricing': {} }), of({}), pricing.of({})]).toEqual([undefined, undefined, undefined]);
});

it('its rules run with the others', () => {
  const rule = defineRule({
    code: 'shop/gold-only',
    check(model, report) {
      for (const each of Object.values(model.tasks))
        if (pricing.of(each)?.tier === 'free')
          report({ message: 'Gold only.', path: `tasks.${each.name}`, location: each.location });
    },
  });
  const model = carries({ 'shop/pricing': { tier: 'free' } });
  const { issues } = validateSystem(model, { ...world, rules: [rule] });
  expect(issues.filter(({ code }) => code === 'shop/gold-only')).toHaveLength(1);
});
