import { describe, expect, it } from 'vitest';
import { anyFlow, at } from '../fixtures/bind.ts';
import type { Host } from 'millrace/flow';
import { back, work, world } from '../fixtures/going-back.ts';

/** Two parts beside each other, of two steps each, and a step after them. */
const flow = (undo: boolean) =>
  anyFlow('f', async (host) => {
    const part = (name: string) => async (h: Host) => {
      await h.step('one', () => work(`${name}1`), at);
      if (undo) h.undo('one', () => back(`${name}1`), at);
      const two = await h.step('two', () => work(`${name}2`), at);
      if (undo) h.undo('two', () => back(`${name}2`), at);
      return two;
    };
    const { x, y } = await host.all('all', { x: part('x'), y: part('y') }, at);
    return `${String(x)} ${String(y)} ${String(await host.step('z', () => work('z'), at))}`;
  });

describe('an input that was given to a step', () => {
  it.each([
    ['the step itself, beside others that failed', 'all/y/two', false, ['x2', 'y2'], 'x2 EDIT z'],
    ['what comes after it', 'all/y/two', false, ['z'], 'x2 EDIT z'],
    ['what comes before it', 'all/y/two', true, ['z'], 'x2 y2 z'],
  ] as const)('after a retry that does again %s', async (_, fromStep, undo, broken, output) => {
    const { failing, runtime } = world(flow(undo));
    for (const name of broken) failing.add(name);
    if (!broken.some((name) => name === 'z')) failing.add('EDIT');
    await runtime.executeFlow('f', null, { id: 'r' });
    await runtime.retry('r', { fromStep, input: 'EDIT' });
    expect(await runtime.result('r')).toMatchObject({ status: 'failed' });
    failing.clear();
    await runtime.retry('r');
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output });
    await runtime.close();
  });

  it('holds when its step was undone, and nothing before it: in the run and in a fork', async () => {
    const { seen, failing, runtime } = world(flow(true));
    failing.add('z');
    await runtime.executeFlow('f', null, { id: 'r' });
    await runtime.retry('r', { fromStep: 'all/y/one', input: 'EDIT' });
    expect(await runtime.result('r')).toMatchObject({ status: 'failed' });
    for (const how of ['fork', 'retry'] as const) {
      if (how === 'retry') failing.clear();
      seen.length = 0;
      const { runId } = how === 'fork' ? await runtime.fork('r', { id: 'copy' }) : await runtime.retry('r');
      await runtime.result(runId);
      expect(seen.filter((name) => !name.startsWith('back'))).toEqual(
        expect.arrayContaining(['x1', 'x2', 'EDIT', 'y2', 'z']),
      );
      expect(seen).not.toContain('y1');
    }
    await runtime.close();
  });
});
