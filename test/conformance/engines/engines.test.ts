import { describe, expect, it } from 'vitest';
import { cases, play } from './cases.ts';
import { embedded } from './embedded.ts';
import { modelCases } from './model-cases.ts';

describe.each([[embedded.name, embedded] as const])('the engine %s', (_, { open }) => {
  it.each([...cases, ...modelCases].map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const engine = await open(one.turns);
    try {
      expect(await play(engine, one)).toEqual([]);
    } finally {
      await engine.close();
    }
  });

  it('a case that is wrong is found', async () => {
    const engine = await open();
    expect(
      await play(engine, { ...cases[0], name: 'wrong', end: { status: 'completed', output: 'other' } } as never),
    ).toEqual([
      'end: {"status":"completed","output":"work0work1"}, and should be {"status":"completed","output":"other"}',
    ]);
    await engine.close();
  });
});
