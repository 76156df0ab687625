import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Entity } from '../../source/places/entity.ts';
import { isPending, renameInMigration } from './pending-migration.ts';

const text = `import { migration } from 'millrace/migrate';

export default migration({
  from: '1.0.0',
  to: '2.0.0',
  source: [{ op: 'rename', path: 'machines.loan.states.lent', to: 'away' }],
  instances: {
    loan: {
      machine: 'lending',
      states: { lent: 'away', both: ['away', 'home'], away: (context) => (context.far ? 'away' : 'home') },
    },
    other: { states: { lent: 'away' } },
  },
  runs: { pay: { flow: 'charge', steps: { card: 'money', 'card/again': 'money/again' } } },
  events: { paid: { event: 'settled' } },
  tasks: { takeMoney: 'charge' },
});
`;
const renamed = (entity: Entity, to: string): readonly string[] => {
  const changes = renameInMigration(text, entity, to).toSorted((a, b) => b.start - a.start);
  const after = changes.reduce((rest, { start, end, text: by }) => rest.slice(0, start) + by + rest.slice(end), text);
  return after
    .split('\n')
    .filter((line, index) => line !== text.split('\n')[index])
    .map((line) => line.trim());
};

it('renames what the present version is said to have, and no name of the old one', () => {
  const state = { kind: 'state', name: 'away', owner: 'lending', path: 'machines.lending.states.away' } as const;
  expect(renamed(state, 'out')).toEqual([
    "states: { lent: 'out', both: ['out', 'home'], away: (context) => (context.far ? 'away' : 'home') },",
  ]);
  expect(renamed({ ...state, owner: 'loan', path: 'machines.loan.states.away' }, 'out')).toEqual([
    "source: [{ op: 'rename', path: 'machines.loan.states.lent', to: 'out' }],",
  ]);
  expect(renamed({ kind: 'machine', name: 'lending', path: 'machines.lending' }, 'book')).toEqual(["machine: 'book',"]);
  expect(renamed({ kind: 'flow', name: 'charge', path: 'flows.charge' }, 'bill')).toEqual([
    "runs: { pay: { flow: 'bill', steps: { card: 'money', 'card/again': 'money/again' } } },",
  ]);
  expect(renamed({ kind: 'step', name: 'money', owner: 'charge', path: 'flows.charge.body.money' }, 'cash')).toEqual([
    "runs: { pay: { flow: 'charge', steps: { card: 'cash', 'card/again': 'cash/again' } } },",
  ]);
  expect(renamed({ kind: 'event', name: 'settled', path: 'events.settled' }, 'done')).toEqual([
    "events: { paid: { event: 'done' } },",
  ]);
  expect(renamed({ kind: 'task', name: 'charge', path: 'tasks.charge' }, 'bill')).toEqual([
    "tasks: { takeMoney: 'bill' },",
  ]);
  expect(renamed({ kind: 'event', name: 'paid', path: 'events.paid' }, 'done')).toEqual([]);
});

it('finds a name that stands in quotes in a path', () => {
  const odd = text.replaceAll("'money", "'pay.now").replace("to: 'away'", "to: 'far.away'");
  const step = { kind: 'step', name: 'pay.now', owner: 'charge', path: 'flows.charge.body."pay.now"' } as const;
  expect(renameInMigration(odd, step, 'cash')).toHaveLength(2);
  const state = { kind: 'state', name: 'far.away', owner: 'loan', path: 'machines.loan.states."far.away"' } as const;
  expect(renameInMigration(odd, state, 'out')).toHaveLength(1);
});

it('is about the migration to a version that is not kept yet', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-lsp-'));
  const entry = join(folder, 'loans.dsl.ts');
  expect(isPending(text, '2.0.0', entry)).toBe(true);
  expect(isPending(text, '3.0.0', entry)).toBe(false);
  mkdirSync(join(folder, 'snapshots'));
  writeFileSync(join(folder, 'snapshots/2.0.0.json'), '{}');
  expect(isPending(text, '2.0.0', entry)).toBe(false);
  rmSync(folder, { recursive: true });
});
