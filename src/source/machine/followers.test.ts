import { expect, it } from 'vitest';
import { basics, lines, readText } from '../fixtures/read-text.ts';
import type { StateNode } from '../../model/index.ts';

/** The states of a machine whose text has problems, and their codes. */
async function read(
  states: string,
): Promise<{ readonly codes: readonly string[]; readonly states: readonly StateNode[] }> {
  const result = await readText(
    `${basics}export const m = machine('m', { key: 'id', context: z.object({ n: z.int() }), events: { placed } }).states('a', {\n${states}\n});`,
  );
  return {
    codes: lines(result).map((line) => line.slice(0, 6)),
    states: result.system?.machines['m']?.states ?? [],
  };
}

// The rules judge what could be read: a transition that has lost its guard would hide the others after it.
it.each(["gaurd: () => true, target: 'a'", "guard: 5, target: 'a'"])(
  '%s: a guard that is not known',
  async (written) => {
    const { codes, states } = await read(`a: { on: { placed: [{ ${written} }, { ${written} }, 'a'] } }`);
    expect(new Set(codes).size).toBe(1);
    const [first, second, third] = states[0]?.on[0]?.transitions ?? [];
    expect(first?.guard?.text).not.toBe(second?.guard?.text);
    expect([first?.targets, third?.guard]).toEqual([['a'], undefined]);
  },
);

it('a transition with another mistake has no guard all the same', async () => {
  const { codes, states } = await read("a: { on: { placed: { target: 'a', internal: 'yes' } } }");
  expect(codes).toHaveLength(1);
  expect(states[0]?.on[0]?.transitions[0]?.guard).toBeUndefined();
});

it('after a time, too', async () => {
  const { states } = await read("a: { after: [{ delay: '1s', gaurd: () => true, target: 'a' }] }");
  expect(states[0]?.after[0]?.transitions[0]?.guard).toBeDefined();
});

it('a history state whose depth is misspelt is a history state', async () => {
  const { codes, states } = await read("a: { initial: 'b', states: { b: {}, h: { history: 'dep', initial: 'b' } } }");
  expect(codes).toHaveLength(1);
  expect(states[0]?.states[1]).toMatchObject({ type: 'history' });
});
