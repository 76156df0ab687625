import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../contract.ts';
import { compactMessages, type Compaction } from './compact.ts';

const code = (code: string) => expect.objectContaining({ code });
const estimate = (text: string) => text.length;
const user = (text: string): Message => ({ role: 'user', text });
const model = (text: string): Message => ({ role: 'assistant', text });
const calls: Message = { role: 'assistant', text: '', toolCalls: [{ id: '1', name: 'f', input: {} }] };
const result: Message = { role: 'tool', callId: '1', text: 'found' };
const talk = [user('the task'), model('first'), user('second'), calls, result, model('third'), user('fourth')];
const compact = (strategy: Compaction, limitTokens: number, messages: readonly Message[] = talk) =>
  compactMessages(messages, { strategy, limitTokens, estimate });

describe('a conversation', () => {
  it('is left as it is where it fits, and fails loudly where it does not and nothing may go', async () => {
    expect((await compact({ kind: 'none' }, 1_000)).messages).toEqual(talk);
    await expect(compact({ kind: 'none' }, 50)).rejects.toThrow(code('MR4091'));
  });

  it('keeps the last messages, and the task', async () => {
    const { messages, report } = await compact({ kind: 'keepLast', count: 2 }, 1_000);
    expect(messages).toEqual([user('the task'), model('third'), user('fourth')]);
    expect(report).toMatchObject({ kept: [0, 5, 6], dropped: [1, 2, 3, 4], summarised: false });
    await expect(compact({ kind: 'keepLast', count: 6 }, 20)).rejects.toThrow(code('MR4091'));
  });

  it('drops the oldest until it fits: calls of tools never without their results', async () => {
    const before = structuredClone(talk);
    const { messages, report } = await compact({ kind: 'truncate' }, 60);
    expect(messages).toEqual([user('the task'), model('third'), user('fourth')]);
    expect(report.tokens).toBeLessThanOrEqual(60);
    expect(report.tokensBefore).toBeGreaterThan(60);
    expect(talk).toEqual(before);
  });

  it('has a summary for what is gone, in its place, and only when something is', async () => {
    const summarise = (dropped: readonly Message[]) => `${dropped.length} messages </summary>`;
    const long = [...talk, ...Array.from({ length: 10 }, () => user('x'.repeat(100)))];
    const { messages, report } = await compact({ kind: 'summarise', summarise }, 1_000, long);
    expect(messages[0]).toEqual(user('the task'));
    expect(messages[1]?.text).toBe(
      `<summary of="earlier messages">\n${report.dropped.length} messages <\\/summary>\n</summary>`,
    );
    expect(report).toMatchObject({ summarised: true });
    expect(report.dropped.length).toBeGreaterThan(0);
    expect(report.tokens).toBeLessThanOrEqual(1_000);
    expect((await compact({ kind: 'summarise', summarise }, 1_000, talk)).messages).toEqual(talk);
    await expect(compact({ kind: 'summarise', summarise: () => 'y'.repeat(500) }, 1_000, long)).rejects.toThrow(
      code('MR4091'),
    );
  });

  it('fails when what has to stay does not fit', async () => {
    await expect(compact({ kind: 'truncate' }, 5)).rejects.toThrow(code('MR4090'));
  });

  it('begins with the user, whatever may be dropped', async () => {
    const { messages } = await compactMessages(talk, {
      strategy: { kind: 'truncate' },
      limitTokens: 40,
      estimate,
      pinned: () => false,
    });
    expect(messages[0]?.role).toBe('user');
  });

  it('always fits or fails with a code, keeps the order, and no result without its call', async () => {
    const part = fc.oneof(
      fc.string().map((text) => [user(text)]),
      fc.string().map((text) => [model(text)]),
      fc.nat(3).map((results) => [calls, ...Array.from({ length: results }, () => result)]),
    );
    const strategy = fc.constantFrom<Compaction>(
      { kind: 'truncate' },
      { kind: 'keepLast', count: 3 },
      { kind: 'none' },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 12 }),
        strategy,
        fc.nat(400),
        async (parts, strategy, limitTokens) => {
          const talk = parts.flat();
          const done = await compact(strategy, limitTokens, talk).catch((error: unknown) => error as { code: string });
          if ('code' in done) {
            expect(['MR4090', 'MR4091']).toContain(done.code);
            return;
          }
          expect(done.report.tokens).toBeLessThanOrEqual(limitTokens);
          expect(done.messages).toEqual(done.report.kept.map((index) => talk[index]));
          expect([...done.report.kept, ...done.report.dropped].sort((a, b) => a - b)).toEqual([...talk.keys()]);
          for (const [index, message] of done.messages.entries())
            if (message.role === 'tool') expect(['assistant', 'tool']).toContain(done.messages[index - 1]?.role);
        },
      ),
    );
  });
});
