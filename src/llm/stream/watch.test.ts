import { describe, expect, test } from 'vitest';
import type { Scheduler } from '../../core/index.ts';
import type { ModelEvent, Usage } from '../contract.ts';
import { answering, type Reader } from './answer.ts';
import type { Patience } from './watch.ts';

/** Time that moves by hand. */
function hand(): Scheduler & { pass(ms: number): void; pending(): number } {
  let now = 0;
  let timers: { at: number; work: () => void }[] = [];
  return {
    now: () => now,
    soon: (work) => queueMicrotask(work),
    after(ms, work) {
      const timer = { at: now + ms, work };
      timers.push(timer);
      return () => void (timers = timers.filter((one) => one !== timer));
    },
    every: () => ({ stop: () => {}, hold: () => {} }),
    pass(ms) {
      now += ms;
      for (const due of timers.filter((timer) => timer.at <= now)) {
        timers = timers.filter((one) => one !== due);
        due.work();
      }
    },
    pending: () => timers.length,
  };
}

const usage: Usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, total: 2 };
const reader = (): Reader<string> => ({
  read: (chunk): readonly ModelEvent[] =>
    chunk === 'END'
      ? [{ type: 'end', answer: { text: '', toolCalls: [], usage, finish: 'stop', provider: 'p', model: 'm' } }]
      : [{ type: 'text', text: chunk }],
  usage: () => usage,
});

/** A stream that is fed by hand. */
function feed(): { chunks: AsyncIterable<string>; give(chunk: string): void; end(): void; fail(error: Error): void } {
  const queue: Promise<IteratorResult<string>>[] = [];
  let next = Promise.withResolvers<IteratorResult<string>>();
  queue.push(next.promise);
  const settle = (how: (place: PromiseWithResolvers<IteratorResult<string>>) => void): void => {
    const place = next;
    next = Promise.withResolvers();
    queue.push(next.promise);
    how(place);
  };
  return {
    chunks: { [Symbol.asyncIterator]: () => ({ next: () => queue.shift() ?? Promise.reject(new Error('dry')) }) },
    give: (value) => settle((place) => place.resolve({ value, done: false })),
    end: () => settle((place) => place.resolve({ value: undefined, done: true })),
    fail: (error) => settle((place) => place.reject(error)),
  };
}

const rest = async (): Promise<void> => {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
};

async function follow(events: AsyncIterable<ModelEvent>, seen: string[] = []): Promise<string[]> {
  for await (const event of events) seen.push(event.type === 'text' ? event.text : event.type);
  return seen;
}

function begin(signal?: AbortSignal) {
  const time = hand();
  const stream = feed();
  const patience: Patience = { scheduler: time, headersMs: 1000, idleMs: 100, signal };
  let ended: AbortSignal | undefined;
  const events = answering(
    { provider: 'p', model: 'm', patience },
    (watch) => {
      ended = watch.signal;
      return Promise.resolve(stream.chunks);
    },
    reader(),
  );
  return { time, stream, events, over: () => ended?.aborted };
}

describe('an answer that is watched', () => {
  test('is whole with its end, and leaves no timer', async () => {
    const { time, stream, events } = begin();
    const seen = follow(events);
    stream.give('a');
    stream.give('END');
    stream.end();
    expect(await seen).toEqual(['a', 'end']);
    await rest();
    expect(time.pending()).toBe(0);
  });

  test('that does not begin in time is a time-out', async () => {
    const { time, events, over } = begin();
    const seen = follow(events);
    seen.catch(() => {});
    await rest();
    time.pass(999);
    await rest();
    expect(over()).toBe(false);
    time.pass(1);
    await expect(seen).rejects.toMatchObject({ kind: 'timeout', code: 'MR4007', mayHaveCost: true });
    expect(over()).toBe(true);
    expect(time.pending()).toBe(0);
  });

  test('that stalls is a time-out, counted from the last sign of life', async () => {
    const { time, stream, events } = begin();
    const texts: string[] = [];
    const seen = follow(events, texts);
    seen.catch(() => {});
    for (const text of ['a', 'b', 'c']) {
      await rest();
      time.pass(99);
      stream.give(text);
    }
    await rest();
    expect(texts).toEqual(['a', 'b', 'c']);
    time.pass(100);
    await expect(seen).rejects.toMatchObject({ kind: 'timeout', usage: { total: 2 } });
  });

  test('is not late because its reader is', async () => {
    const { time, stream, events } = begin();
    const iterator = events[Symbol.asyncIterator]();
    stream.give('a');
    await iterator.next();
    time.pass(10_000);
    stream.give('END');
    expect((await iterator.next()).value).toMatchObject({ type: 'end' });
  });

  test('that ends without its end is truncated, and one that breaks, too', async () => {
    const early = begin();
    early.stream.give('a');
    early.stream.end();
    await expect(follow(early.events)).rejects.toMatchObject({ kind: 'truncated', usage: { total: 2 } });
    const broken = begin();
    broken.stream.give('a');
    broken.stream.fail(new TypeError('terminated'));
    await expect(follow(broken.events)).rejects.toMatchObject({ kind: 'truncated', retryable: true });
  });

  test('is called off before and in the middle, and when nobody reads on', async () => {
    await expect(follow(begin(AbortSignal.abort()).events)).rejects.toMatchObject({
      kind: 'aborted',
      mayHaveCost: false,
    });
    const cancel = new AbortController();
    const middle = begin(cancel.signal);
    const seen = follow(middle.events);
    seen.catch(() => {});
    middle.stream.give('a');
    await rest();
    cancel.abort(new Error('enough'));
    await expect(seen).rejects.toMatchObject({ kind: 'aborted', cause: { message: 'enough' } });
    expect(middle.over()).toBe(true);
    const left = begin();
    left.stream.give('a');
    for await (const _ of left.events) break;
    expect(left.over()).toBe(true);
    expect(left.time.pending()).toBe(0);
  });
});
