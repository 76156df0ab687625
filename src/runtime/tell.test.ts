import { expect, it } from 'vitest';
import type { JournalRow } from '../store/index.ts';
import { silentLogger } from '../tasks/index.ts';
import { Bus, type RuntimeEvent } from './bus.ts';
import { tellStep } from './tell.ts';

it('tells of a step when it begins and when it ends, and of a map or a branch not at all', () => {
  const bus = new Bus(() => 0, silentLogger);
  const told: RuntimeEvent[] = [];
  bus.on((event) => told.push(event));
  const row = (kind: JournalRow['kind'], path: string): void =>
    tellStep(bus, { run: 'r', seq: 0, at: 0, kind, path, name: null, attempt: 1, place: null, data: null });
  row('mapped', 'all');
  row('started', 'all[0]/one');
  row('completed', 'all[0]/one');
  row('chosen', 'way');
  row('emitted', 'way/true/said');
  expect(told.map((event) => [event.type, 'step' in event ? event.step : ''])).toEqual([
    ['step.started', 'all[0]/one'],
    ['step.completed', 'all[0]/one'],
    ['checkpoint.created', 'all[0]/one'],
    ['step.completed', 'way/true/said'],
    ['checkpoint.created', 'way/true/said'],
  ]);
});
