import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flowContract } from '../../flow/index.ts';
import { NonRetryableError } from '../../tasks/index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { startSystem, type TestSystem } from '../fixtures/system.ts';

const echo = anyTask('echo');
const flaky = anyTask('flaky', { retry: { attempts: 3, delay: '10ms' } });
const bad = anyTask('bad', { retry: { attempts: 3, delay: '10ms' } });
const late = anyTask('late', { timeout: '50ms' });
const grew = anyEvent('grew');
const gives = flowContract('gives', { input: z.any(), source: 'test.dsl.ts:10:1' });
const large = anyTask('large', { retry: { attempts: 3, delay: '10ms' } });

describe.skipIf(!restateIsInstalled())('steps on Restate', () => {
  let restate: TestRestate;
  let system: TestSystem;
  const seen: string[] = [];

  beforeAll(async () => {
    restate = await startRestate();
    system = await startSystem(
      restate,
      bind({
        events: [grew],
        tasks: [
          code(echo, (word: string) => {
            seen.push(word);
            return word;
          }),
          code(flaky, (fails: number, { attempt }) => {
            if (attempt <= fails) throw new Error(`flaky ${attempt}`);
            return attempt;
          }),
          code(bad, () => {
            throw new NonRetryableError('no', { code: 'NO', details: { why: 'just so' } });
          }),
          code(large, (bytes: number) => 'x'.repeat(bytes)),
          code(late, (_: never, { signal }) => new Promise((done) => signal.addEventListener('abort', () => done(1)))),
        ],
        flows: [
          anyFlow('line', async (host, input: string) => {
            const one = await host.step('one', () => echo(`${input}1`), at);
            const two = await host.step('two', () => echo(`${one as string}2`), at);
            return { two, now: host.now() > 0 };
          }),
          anyFlow('retried', (host, fails: number) => host.step('one', () => flaky(fails), at)),
          anyFlow('refused', (host) => host.step('one', () => bad(1), at)),
          anyFlow('large', (host, bytes: number) => host.step('one', () => large(bytes), at)),
          anyFlow('gives', async (_host, bytes: number) => 'x'.repeat(bytes)),
          anyFlow('publishes', (host, bytes: number) => host.emit('one', () => grew('x'.repeat(bytes)), at)),
          anyFlow('passes', (host, bytes: number) =>
            host.child('one', () => ({ contract: gives, input: 'x'.repeat(bytes) }), at),
          ),
          anyFlow('slow', (host) => host.step('one', () => late(1), at)),
        ],
      }),
    );
  }, 60_000);
  afterAll(() => restate?.close());

  it('runs them in order, each as one entry of the journal', async () => {
    const invocation = await system.start('line', 'a', { run: 'line1' });
    expect(await system.end('line', 'line1')).toMatchObject({ status: 'completed', output: { two: 'a12', now: true } });
    expect(seen).toEqual(['a1', 'a12']);
    expect(await system.asked(invocation)).toEqual(['one', 'two']);
  });

  it('fails a step whose result no message of the server could carry, instead of making it again for ever', async () => {
    await system.start('large', 16 * 1024 * 1024, { run: 'large1' });
    expect(await system.end('large', 'large1')).toMatchObject({ status: 'failed', error: { code: 'MR5250' } });
  });

  it.each(['gives', 'publishes', 'passes'])(
    'fails a flow that %s more than a message of the server could carry',
    async (flow) => {
      expect(await system.run(flow, 40 * 1024 * 1024)).toMatchObject({ status: 'failed', error: { code: 'MR5250' } });
    },
  );

  it('makes a try that fails again, after a wait that is in the journal', async () => {
    const invocation = await system.start('retried', 2, { run: 'retried1' });
    expect(await system.end('retried', 'retried1')).toMatchObject({ status: 'completed', output: 3 });
    expect(await system.asked(invocation)).toEqual(['one', 'one~wait2', 'one~2', 'one~wait3', 'one~3']);
  });

  it('fails after the last try', async () => {
    expect(await system.run('retried', 9)).toMatchObject({
      status: 'failed',
      error: { message: 'flaky 3', code: 'MR3100', details: { step: 'one', attempt: 3, source: 'test.dsl.ts:11:3' } },
    });
  });

  it('does not try again what says that it cannot help', async () => {
    const invocation = await system.start('refused', undefined, { run: 'refused1' });
    const end = await system.end('refused', 'refused1');
    expect(end).toMatchObject({
      status: 'failed',
      error: { message: 'no', code: 'NO', retryable: false, details: { why: 'just so', run: 'refused1', step: 'one' } },
    });
    // One try, and what tells of the failures of the task and of the flow.
    expect(await system.asked(invocation)).toEqual(['one', 'failed.bad', 'failed.refused']);
  });

  it('gives up an attempt that takes too long', async () => {
    expect(await system.run('slow')).toMatchObject({ status: 'failed', error: { code: 'MR3103' } });
  });

  it('runs a single task', async () => {
    expect(await system.run('echo', 'alone')).toMatchObject({ status: 'completed', output: 'alone' });
    expect(await system.run('bad')).toMatchObject({
      status: 'failed',
      error: { code: 'NO', details: { step: 'task' } },
    });
  });
});
