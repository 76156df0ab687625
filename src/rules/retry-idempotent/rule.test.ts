import { expect, it } from 'vitest';
import { call, child, flow, step, system, task } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { retryIdempotent } from './rule.ts';

const retry = { attempts: 3 };

it('is content when the task is idempotent, or tried once', () => {
  const model = system({
    tasks: [
      task('a', { retry, idempotent: true }),
      task('b', { retry: { attempts: 1 } }),
      task('c'),
      task('asks', { retry, model: { agent: 'clerk', prompt: 'x' } }),
    ],
    flows: [
      flow('f', [
        step('x', 'a', { retry }),
        step('y', 'c'),
        { ...child('z', 'f'), retry },
        step('unknown', 'nothing', { retry }),
      ]),
    ],
  });
  expect(messages(retryIdempotent, model)).toEqual([]);
});

it('advises on a task that is tried again', () => {
  expect(messages(retryIdempotent, system({ tasks: [task('a', { retry })] }))).toEqual([
    "Task 'a' is tried up to 3 times but is not marked idempotent.",
  ]);
});

it('advises on a step that tries again, once', () => {
  const flows = [flow('f', [step('x', 'a', { retry })])];
  expect(messages(retryIdempotent, system({ tasks: [task('a')], flows }))).toHaveLength(1);
  expect(messages(retryIdempotent, system({ tasks: [task('a', { retry })], flows }))).toEqual([
    "Task 'a' is tried up to 3 times but is not marked idempotent.",
  ]);
});

it('advises on an undo, which is run again when it was interrupted', () => {
  const undoing = (name: string) => [flow('f', [step('pay', 'a', { undo: call('task', name) }), step('more', 'a')])];
  expect(messages(retryIdempotent, system({ tasks: [task('a'), task('refund')], flows: undoing('refund') }))).toEqual([
    "The undo of step 'pay' of flow 'f' is task 'refund', which is not marked idempotent.",
  ]);
  const safe = [task('a'), task('refund', { idempotent: true })];
  expect(
    messages(retryIdempotent, system({ tasks: safe, flows: [...undoing('refund'), ...undoing('nothing')] })),
  ).toEqual([]);
  expect(
    messages(retryIdempotent, system({ tasks: [task('refund', { retry })], flows: undoing('refund') })),
  ).toHaveLength(1);
});
