import { describe, expect, it } from 'vitest';
import { allCases } from './all.ts';
import { embedded } from './embedded.ts';
import { play } from './play.ts';

describe.each([[embedded.name, embedded] as const])('the engine %s', (_, { open }) => {
  it.each(allCases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const engine = await open(one);
    try {
      expect(await play(engine, one)).toEqual([]);
    } finally {
      await engine.close();
    }
  });

  it('a case that is wrong is found', async () => {
    const engine = await open();
    const [first] = allCases;
    const wrong = {
      ...first,
      name: 'wrong',
      does: first?.does ?? [],
      end: { status: 'completed', output: 'other' },
    } as const;
    expect(await play(engine, wrong)).toEqual([
      'end: {"status":"completed","output":"work0work1"}, and should be {"status":"completed","output":"other"}',
    ]);
    await engine.close();
  });
});
