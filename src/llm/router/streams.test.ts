import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AskOptions } from '../models.ts';
import { request, worldOf } from './fixtures/world.ts';

const hear = () => {
  const heard: string[] = [];
  const onEvent: AskOptions['onEvent'] = (event) =>
    void heard.push(
      event.type === 'text' ? event.text : event.type === 'end' ? `end ${event.answer.text}` : event.type,
    );
  return { heard, onEvent };
};

describe('streams', () => {
  it('are heard as they come', async () => {
    const { router, settled } = worldOf({ a: [{ text: ['Pa', 'ris'] }] });
    const { heard, onEvent } = hear();
    await settled(router.ask(request, { onEvent }));
    expect(heard).toEqual(['Pa', 'ris', 'end Paris']);
  });

  it('that break off are begun anew by another at once, and who listens is told', async () => {
    const { router, settled, clock, start } = worldOf({
      a: [{ text: ['Pa', 'r'], fails: 'truncated' }],
      b: [{ text: ['Ro', 'me'] }],
    });
    const { heard, onEvent } = hear();
    const { answer, usage, cost } = await settled(router.ask(request, { onEvent }));
    expect(answer.text).toBe('Rome');
    expect(heard).toEqual(['Pa', 'r', 'restart', 'Ro', 'me', 'end Rome']);
    expect(clock.now()).toBe(start);
    // What the first one used is not known: as much as it may have been.
    expect(usage).toMatchObject({ output: 5, estimated: true });
    expect(cost?.micros).toBeGreaterThan(15 + 50);
  });

  it('that fail before anything came are handed on without a word', async () => {
    const { router, settled } = worldOf({ a: [{ text: '', fails: 'truncated' }], b: ['Rome'] });
    const { heard, onEvent } = hear();
    await settled(router.ask(request, { onEvent }));
    expect(heard).toEqual(['Rome', 'end Rome']);
  });

  it('that stall are given up by `stallMs`', async () => {
    const route = { stallMs: 5_000 };
    const slow = { text: ['Pa', 'ris'], delayMs: 4_999 };
    const stalled = { text: ['Pa', 'ris'], delayMs: 5_001 };
    const well = worldOf({ a: [slow] }, { route });
    expect((await well.settled(well.router.ask(request))).answer.text).toBe('Paris');
    const { router, settled, clock, start } = worldOf({ a: [stalled], b: ['Rome'] }, { route });
    const { answer, asked } = await settled(router.ask(request));
    expect(answer.text).toBe('Rome');
    expect(asked[0]).toMatchObject({ took: 5_000, failed: { kind: 'timeout' } });
    expect(clock.now() - start).toBe(5_000);
    expect(clock.pending).toBe(0);
  });

  it('of one provider alone are begun anew there', async () => {
    const { router, settled } = worldOf({ a: [{ text: ['Pa'], fails: 'timeout' }, 'Paris'] });
    const { heard, onEvent } = hear();
    await settled(router.ask(request, { onEvent }));
    expect(heard).toEqual(['Pa', 'restart', 'Paris', 'end Paris']);
  });
});

describe('values', () => {
  const output = z.object({ city: z.string() });

  it('are asked for with one repair, and all is paid and told together', async () => {
    const { router, settled } = worldOf({ a: ['Paris!', { json: { city: 'Paris' } }] });
    const { heard, onEvent } = hear();
    const given = await settled(router.askFor({ ...request, output }, { onEvent }));
    expect(given).toMatchObject({
      value: { city: 'Paris' },
      calls: 2,
      usage: { total: 30 },
      cost: { micros: 30 },
      asked: [{ provider: 'a' }, { provider: 'a' }],
    });
    expect(heard).toEqual(['Paris!', 'end Paris!', 'restart', '{"city":"Paris"}', 'end {"city":"Paris"}']);
    expect((await router.used()).all).toMatchObject({ calls: 2, total: 30 });
  });

  it('that never fit are an error, with the times and tries that they had', async () => {
    const { router, settled, asked } = worldOf({ a: () => 'Paris!' });
    await expect(settled(router.askFor({ ...request, output }, { repairs: 0 }))).rejects.toMatchObject({
      code: 'MR4013',
    });
    expect(asked('a')).toHaveLength(1);
    const slow = worldOf({ a: () => ({ text: 'Paris!', delayMs: 600 }) });
    const ended = slow.settled(slow.router.askFor({ ...request, output }, { withinMs: 1_000 }));
    await expect(ended).rejects.toMatchObject({ kind: 'timeout', code: 'MR4044' });
    expect(slow.clock.now() - slow.start).toBe(1_000);
  });

  it('that do not fit are not kept, and what was kept is looked at again', async () => {
    const script = ['Paris!', { json: { city: 'Paris' } }, { json: { city: 'Rome', since: 1 } }];
    const { router, settled, asked } = worldOf({ a: script }, { cache: true });
    expect((await settled(router.askFor({ ...request, output }))).value).toEqual({ city: 'Paris' });
    // The first answer is asked for again: it did not fit. That to the repair was paid before.
    const again = await settled(router.askFor({ ...request, output }));
    expect(again.value).toEqual({ city: 'Rome' });
    expect(asked('a')).toHaveLength(3);
  });

  it('of a conversation come by the same way', async () => {
    const { router, settled } = worldOf({ a: [{ fails: 'server' }, { json: { city: 'Paris' } }] });
    const conversation = { prompt: 'Where is the Louvre?', output, maxOutputTokens: 50 };
    expect((await settled(router.converse(conversation))).value).toEqual({ city: 'Paris' });
  });
});
