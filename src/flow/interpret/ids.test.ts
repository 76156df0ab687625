import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { interpretFlow, type RunnableFlow, type RunnableStep } from '../index.ts';

const nap = (id: string): RunnableStep => ({ kind: 'sleep', id, time: '1s' });
const of = (...steps: RunnableStep[]): RunnableFlow => ({ name: 'f', input: z.unknown(), body: { steps } });
const both = (...names: string[]): RunnableStep => ({
  kind: 'parallel',
  id: 'p',
  bodies: names.map((name) => ({ name, body: { steps: [nap('a')] } })),
});
const loop = (...steps: RunnableStep[]): RunnableStep => ({
  kind: 'repeat',
  id: 'r',
  body: { steps },
  until: () => true,
  max: 2,
});
const interpret = (flow: RunnableFlow) => interpretFlow(flow, { lookup: () => undefined });

describe('the ids of a live flow', () => {
  const refused: Readonly<Record<string, RunnableFlow>> = {
    'a slash': of(nap('a/b')),
    'a bracket': of(nap('a[0]')),
    'a tilde': of(nap('~undo')),
    nothing: of(nap(' ')),
    'no text': of({ kind: 'sleep', time: '1s' } as unknown as RunnableStep),
    'one id twice': of(nap('a'), nap('a')),
    'one id twice in a part': of(loop(nap('a'), nap('a'))),
    'a slash in a part': of(loop(nap('a/b'))),
    'a name of a part': of(both('x/y')),
    'a name twice': of(both('x', 'x')),
  };
  it.each(Object.keys(refused))('may not have %s', (name) => {
    expect(() => interpret(refused[name] as RunnableFlow)).toThrow(
      expect.objectContaining({ code: 'MR3290', fault: 'input' }),
    );
  });

  it('may be the same in different bodies', () => {
    expect(interpret(of(nap('a'), both('x', 'y'), loop(nap('a'))))).toMatchObject({ kind: 'flow' });
  });
});
