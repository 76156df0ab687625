import { describe, expect, it } from 'vitest';
import { request, worldOf } from './fixtures/world.ts';

const kind = (kind: string, code: string) => expect.objectContaining({ kind, code });

describe('the router', () => {
  it('asks the first of a role, and says why, what it cost and how it came about', async () => {
    const { router, settled, asked } = worldOf({ a: ['Paris.'], b: ['Rome.'] });
    const answered = await settled(router.ask(request));
    expect(answered).toMatchObject({
      answer: { text: 'Paris.', provider: 'a' },
      from: 'model',
      cost: { micros: 15, currency: 'USD' },
      usage: { input: 10, output: 5, total: 15 },
      asked: [{ provider: 'a', model: 'a-1', took: 0 }],
    });
    expect(answered.reason).toContain('a/a-1 has the role balanced');
    expect(asked('b')).toHaveLength(0);
  });

  it('hands on when tries are used up', async () => {
    const down = { fails: 'server' } as const;
    const { router, settled, asked, start, clock } = worldOf({ a: [down, down, down], b: ['Rome.'] });
    const { answer, asked: whom } = await settled(router.ask(request));
    expect(answer.text).toBe('Rome.');
    expect(whom.map(({ provider, failed }) => `${provider} ${failed?.kind ?? 'answered'}`)).toEqual([
      'a server',
      'a server',
      'a server',
      'b answered',
    ]);
    expect(asked('a')).toHaveLength(3);
    // Half a second to one, then one to two.
    expect(clock.now() - start).toBeGreaterThanOrEqual(1_500);
    expect(clock.now() - start).toBeLessThanOrEqual(3_000);
  });

  it('never hands on a refused key or a bad request, and disables the provider of the key', async () => {
    const { router, settled, asked } = worldOf({ a: [{ fails: 'auth' }], b: ['Rome.', { fails: 'badRequest' }] });
    await expect(settled(router.ask(request))).rejects.toEqual(kind('auth', 'MR4003'));
    expect(asked('b')).toHaveLength(0);
    expect(router.state()[0]).toMatchObject({ availability: 'unready', reason: 'The script says so: auth.' });
    // Who is disabled is no longer one of those who can be asked.
    expect((await settled(router.ask(request))).answer.text).toBe('Rome.');
    await expect(settled(router.ask(request))).rejects.toEqual(kind('badRequest', 'MR4004'));
    expect(asked('b')).toHaveLength(2);
  });
});
