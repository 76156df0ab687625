import { describe, expect, it } from 'vitest';
import type { Host } from 'millrace/flow';
import { at } from './fixtures/bind.ts';
import { change, go, work } from './fixtures/change.ts';

describe('a changed flow with parts', () => {
  const two = async (host: Host): Promise<unknown> => {
    await host.all('p', { x: (h) => h.step('s', () => work('x'), at), y: (h) => h.step('s', () => work('y'), at) }, at);
    await host.repeat(
      'r',
      (h, index) => h.step('s', () => work(index), at),
      (_value, index) => index === 2,
      { at: at.at, max: 5 },
    );
    await host.attempt(
      't',
      (h) => h.step('s', () => work('t'), at),
      async () => '',
      at,
    );
    await host.step('a', () => work('a'), at);
    await host.step('b', () => work('b'), at);
    await host.receive('go', go, at);
    return 'over';
  };
  /** The same, with some of it answered differently. */
  const but = (changes: { readonly [K in keyof Host]?: (host: Host) => unknown }) => (host: Host) =>
    two(
      new Proxy(host, {
        get: (target, key) => {
          const change = changes[key as keyof Host];
          const member = target[key as keyof Host];
          return change === undefined ? (typeof member === 'function' ? member.bind(target) : member) : change(target);
        },
      }),
    );
  const variants: Record<string, (host: Host) => Promise<unknown>> = {
    'a part that is gone': but({
      all: (host) => (id: string) => host.all(id, { x: (h) => h.step('s', () => work('x'), at) }, at),
    }),
    'parts that became rounds': but({
      all: (host) => (id: string) =>
        host.repeat(
          id,
          async () => 1,
          () => true,
          { at: at.at, max: 1 },
        ),
    }),
    'rounds that became parts': but({
      repeat: (host) => (id: string) => host.all(id, { x: async () => 1 }, at),
    }),
    'rounds that became a list': but({
      repeat: (host) => (id: string) =>
        host.map(
          id,
          () => [1],
          async () => 1,
          at,
        ),
    }),
    'fewer rounds': but({
      repeat: (host) => (id: string) =>
        host.repeat(
          id,
          (h, index) => h.step('s', () => work(index), at),
          (_value, index) => index === 1,
          { at: at.at, max: 5 },
        ),
    }),
    'a smaller maximum': but({
      repeat: (host) => (id: string) =>
        host.repeat(
          id,
          (h, index) => h.step('s', () => work(index), at),
          () => false,
          { at: at.at, max: 1 },
        ),
    }),
    'a new step in a round that is over': but({
      repeat: (host) => (id: string) =>
        host.repeat(
          id,
          async (h, index) => {
            await h.step('s', () => work(index), at);
            await h.step('new', () => work('new'), at);
          },
          (_value, index) => index === 2,
          { at: at.at, max: 5 },
        ),
    }),
    'an attempt that became parts': but({
      attempt: (host) => (id: string) => host.all(id, { try1: async () => 1 }, at),
    }),
    'two steps that changed places': but({
      step: (host) => async (id: string) => {
        const other = id === 'a' ? 'b' : 'a';
        return host.step(other, () => work(other), at);
      },
    }),
  };
  for (const [name, next] of Object.entries(variants)) {
    it(`is blocked by ${name}`, async () => {
      const { result, lines, second } = await change(two, next);
      expect(result).toMatchObject({
        status: 'blocked',
        error: { code: 'MR3205', message: expect.stringContaining("`tasks: { old: 'new' }`") },
      });
      expect(lines).toBe(1);
      await second.close();
    });
  }

  it('goes on when it is the same', async () => {
    const { result, second } = await change(two, two);
    expect(result).toMatchObject({ success: true, output: 'over' });
    await second.close();
  });
});

it('is not taken in by a result that looks like a choice or a length', async () => {
  const old = (value: unknown) => async (host: Host) => {
    await host.step('a', () => work(value), at);
    return host.receive('go', go, at);
  };
  const branch = await change(old(true), async (host) => {
    await host.branch('a', () => true, { true: async () => 1 }, at);
    return host.receive('go', go, at);
  });
  expect(branch.result).toMatchObject({ status: 'blocked', error: { code: 'MR3205' } });
  await branch.second.close();
  const next = async (host: Host) => {
    await host.map(
      'a',
      () => [1, 2],
      async () => 1,
      at,
    );
    return host.receive('go', go, at);
  };
  const map = await change(old(2), next);
  expect(map.result).toMatchObject({ status: 'blocked', error: { code: 'MR3205' } });
  await map.second.close();
});
