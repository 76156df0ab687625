import { describe, expect, it } from 'vitest';
import type { ModelRole } from '../catalogue/roles.ts';
import { modelOf, request, worldOf } from './fixtures/world.ts';
import { nearestRole } from './meant.ts';

const none = { readiness: { ready: false, reason: 'no key: set A_KEY' } };
const models = [modelOf('a-1', { contextTokens: 200_000 }), modelOf('b-1', { role: 'fast', contextTokens: 1_000 })];

/** `a` has the role balanced and no key, `b` has the role fast. */
function withoutKey(more: Parameters<typeof worldOf>[1] = {}) {
  const world = worldOf({ a: () => 'a', b: () => 'b' }, { models, ...more });
  const [a] = world.providers;
  Object.assign(a ?? {}, none);
  return { ...world, bringKey: () => Object.assign(a ?? {}, { readiness: { ready: true } }) };
}

it.each([
  ['balanced', ['balanced', 'fast'], 'balanced'],
  ['balanced', ['flagship', 'fast'], 'flagship'],
  ['balanced', ['fast'], 'fast'],
  ['fast', ['flagship', 'balanced'], 'balanced'],
  ['flagship', ['fast'], 'fast'],
  ['fast', [], undefined],
] as const)('next to %s of %j is %s', (role, there, nearest) => {
  expect(nearestRole(role, (one) => (there as readonly ModelRole[]).includes(one))).toBe(nearest);
});

describe('a role that nobody who can be asked has', () => {
  it('is stood in for by the nearest one, and the decision says why', async () => {
    const { router, settled, events } = withoutKey();
    const { answer, reason } = await settled(router.ask(request));
    expect(answer.text).toBe('b');
    expect(reason).toMatch(
      /^b\/b-1 has the role fast; .*instead of the role balanced: nobody who can be asked has it$/,
    );
    expect(events.find(({ type }) => type === 'chosen')).toMatchObject({ model: 'b-1', role: 'fast', reason });
    const down = worldOf({ a: () => 'a' });
    expect((await down.settled(down.router.ask({ ...request, role: 'fast' }))).reason).toContain(
      'a/a-1 has the role balanced; ',
    );
  });

  it('is asked itself as soon as somebody can be', async () => {
    const { router, settled, bringKey } = withoutKey();
    await settled(router.ask(request));
    bringKey();
    const { answer, reason } = await settled(router.ask(request));
    expect(answer.text).toBe('a');
    expect(reason).not.toContain('instead');
  });

  it('is stood in for when the key of the only one was refused', async () => {
    const { router, settled } = worldOf({ a: [{ fails: 'auth' }], b: () => 'b' }, { models });
    await expect(settled(router.ask(request))).rejects.toMatchObject({ kind: 'auth', code: 'MR4003' });
    expect((await settled(router.ask(request))).answer.text).toBe('b');
  });

  it('and a model that is named is never stood in for', async () => {
    const { router, settled, asked } = withoutKey();
    await expect(settled(router.ask({ ...request, model: 'a-1' }))).rejects.toMatchObject({ code: 'MR4040' });
    expect(asked('b')).toHaveLength(0);
  });

  it('leaves what cannot do it out, and says of each why', async () => {
    const { router, settled } = withoutKey();
    await expect(settled(router.ask({ ...request, maxOutputTokens: 5_000 }))).rejects.toMatchObject({
      code: 'MR4042',
      message: expect.stringMatching(/the role balanced. a\/a-1: no key: set A_KEY; b\/b-1: its window/) as string,
    });
  });

  it('finds what its own models have answered before, and keeps what others answer', async () => {
    const { router, settled, asked, bringKey } = withoutKey({ cache: true });
    bringKey();
    expect((await settled(router.ask(request))).answer.text).toBe('a');
    Object.assign(router.providers[0] ?? {}, none);
    expect(await settled(router.ask(request))).toMatchObject({ from: 'cache', answer: { text: 'a' } });
    const other = { ...request, maxOutputTokens: 40 };
    expect(await settled(router.ask(other))).toMatchObject({ from: 'model', answer: { text: 'b' } });
    expect(await settled(router.ask(other))).toMatchObject({ from: 'cache', answer: { text: 'b' } });
    expect(asked('b')).toHaveLength(1);
  });

  it('is an error where no other can be asked either', async () => {
    const { router, settled, providers } = withoutKey();
    Object.assign(providers[1] ?? {}, none);
    await expect(settled(router.ask(request))).rejects.toMatchObject({
      code: 'MR4040',
      message: 'Nobody can be asked for the role balanced. a/a-1: no key: set A_KEY. Given: a, b.',
    });
    await expect(settled(router.ask({ ...request, role: 'flagship' }))).rejects.toMatchObject({ code: 'MR4075' });
  });

  it('is an error that names who is given, and what to add for one that nobody knows', async () => {
    const { router } = worldOf({ mill: () => 'a' }, { models });
    await expect(router.ask({ ...request, role: 'fast' })).rejects.toMatchObject({
      code: 'MR4040',
      message: expect.stringMatching(/no provider of such a model.* Given: mill\. .*provider: 'mill', role: 'fast'/),
    });
    await expect(router.ask({ ...request, model: 'a-1' })).rejects.toMatchObject({
      message: expect.stringMatching(/a\/a-1: no such provider is given\. Given: mill\. A provider is asked for what/),
    });
  });
});
