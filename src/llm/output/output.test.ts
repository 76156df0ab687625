import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { scriptedProvider, type ScriptedTurn } from '../providers/scripted/index.ts';
import { askFor, readOutput } from './index.ts';

const output = z.object({ city: z.string(), people: z.int().optional(), level: z.int().default(1) });
const request = { model: 'm', maxOutputTokens: 99, messages: [{ role: 'user', text: 'Where?' }] } as const;
const ask = (...turns: ScriptedTurn[]) => {
  const provider = scriptedProvider(turns);
  return { provider, asked: askFor(provider, { ...request, output }) };
};

describe('askFor', () => {
  test('gives the checked value, and what it took', async () => {
    const { value, calls, usage } = await ask({ json: { city: 'Paris' } }).asked;
    expectTypeOf(value).toEqualTypeOf<{ city: string; people?: number | undefined; level: number }>();
    expect({ value, calls, usage: usage.total }).toEqual({ value: { city: 'Paris', level: 1 }, calls: 1, usage: 15 });
  });

  test('sends an answer back once with what is wrong with it, and adds up', async () => {
    const { provider, asked } = ask({ json: { city: 7 } }, { json: { city: 'Paris' } });
    expect(await asked).toMatchObject({
      value: { city: 'Paris' },
      calls: 2,
      usage: { input: 20, output: 10, total: 30 },
    });
    expect(provider.asked[1]?.messages).toMatchObject([
      { text: 'Where?' },
      { role: 'assistant', text: '{"city":7}' },
      { role: 'user', text: expect.stringContaining('- city: Invalid input: expected string') },
    ]);
  });

  test('fails with a type when it still does not fit, and makes no value up', async () => {
    const { provider, asked } = ask('Paris', { json: { town: 'Paris' } });
    await expect(asked).rejects.toMatchObject({
      kind: 'invalidOutput',
      code: 'MR4013',
      mayHaveCost: true,
      usage: { total: 30 },
      details: { calls: 2, problems: [expect.stringContaining('city')] },
    });
    expect(provider.asked).toHaveLength(2);
  });

  test('does not ask again for an answer that was cut at its limit: it would be cut again', async () => {
    const { provider, asked } = ask({ text: '{"city":"Par', cutAtLimit: true });
    await expect(asked).rejects.toMatchObject({
      kind: 'invalidOutput',
      message: expect.stringContaining('maxOutputTokens'),
    });
    expect(provider.asked).toHaveLength(1);
  });

  test('says what was used when the second call fails', async () => {
    await expect(ask('Paris', { fails: 'rateLimit', retryAfterMs: 9 }).asked).rejects.toMatchObject({
      kind: 'rateLimit',
      retryAfterMs: 9,
      mayHaveCost: true,
      usage: { total: 15 },
      details: { calls: 2 },
    });
    const first = await ask({ fails: 'rateLimit' }).asked.catch((thrown: unknown) => thrown);
    expect(first).toMatchObject({ kind: 'rateLimit', mayHaveCost: false, usage: undefined });
  });

  test('asks for lists, texts and choices within an object', async () => {
    const provider = scriptedProvider([{ json: { value: ['a', 'b'] } }]);
    const { value } = await askFor(provider, { ...request, output: z.array(z.string()) });
    expectTypeOf(value).toEqualTypeOf<string[]>();
    expect(value).toEqual(['a', 'b']);
  });
});

describe('reading an answer', () => {
  test.each([
    ['a fence', '```json\n{"city":"Rome"}\n```'],
    ['a null for what may be left out', '{"city":"Rome","people":null,"level":null}'],
  ])('%s is no mistake', async (_name, text) => {
    expect(await readOutput(output, text)).toEqual({
      ok: true,
      value: { city: 'Rome', level: 1 },
      written: { city: 'Rome' },
    });
  });

  test('a null in a choice and in lists, too', async () => {
    const type = z.object({
      all: z.array(z.union([z.object({ a: z.string(), b: z.string().optional() }), z.string()])),
    });
    const all = [{ a: 'x' }];
    expect(await readOutput(type, '{"all":[{"a":"x","b":null}]}')).toEqual({
      ok: true,
      value: { all },
      written: { all },
    });
  });

  test.each(['{"city":null}', '{"city":"Rome","people":"7"}', 'null', '{"city":"Rome"} and so on'])(
    '%s is one',
    async (text) => {
      expect((await readOutput(output, text)).ok).toBe(false);
    },
  );

  test('what a transform throws is a mistake of the answer, which goes back', async () => {
    const dated = z.object({ on: z.string().transform((text) => new Date(text).toISOString()) });
    const provider = scriptedProvider([{ json: { on: 'soon' } }, { json: { on: '2026-11-21' } }]);
    const { value, calls } = await askFor(provider, { ...request, output: dated });
    expect([value, calls]).toEqual([{ on: '2026-11-21T00:00:00.000Z' }, 2]);
    expect(JSON.stringify(provider.asked[1]?.messages)).toContain('Invalid time value');
  });
});
