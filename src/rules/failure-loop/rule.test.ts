import { expect, it } from 'vitest';
import { call, child, flow, map, step, system, task } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { failureLoop } from './rule.ts';

const check = (...flows: readonly ReturnType<typeof flow>[]) =>
  messages(failureLoop, system({ flows, tasks: [task('charge'), task('mail')] }));
const loops = (name: string, of: string): string =>
  `Flow '${name}' starts when '${of}' has failed, and runs '${of}' itself: as long as that fails, each run begins the next one.`;

it('is content with a flow that does something else', () => {
  expect(
    check(flow('sorry', [step('m', 'mail')], { on: 'failed.charge' }), flow('pay', [step('c', 'charge')])),
  ).toEqual([]);
});

it('finds what a flow runs itself, in whatever depth, and when it fails', () => {
  expect(check(flow('again', [map('all', step('c', 'charge'))], { on: 'failed.charge' }))).toEqual([
    loops('again', 'charge'),
  ]);
  expect(
    check(flow('sorry', [child('p', 'pay')], { on: 'failed.charge' }), flow('pay', [step('c', 'charge')])),
  ).toEqual([loops('sorry', 'charge')]);
  expect(check(flow('sorry', [], { on: 'failed.mail', onFailure: call('task', 'mail') }))).toEqual([
    loops('sorry', 'mail'),
  ]);
});

it('finds a flow that starts on its own failure', () => {
  expect(check(flow('a', [step('m', 'mail')], { on: 'failed.a' }))).toEqual([
    "Flow 'a' starts when a run of it has failed: each that fails begins the next one.",
  ]);
});
