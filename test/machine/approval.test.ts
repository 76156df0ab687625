/** What earlier systems asked of a state: actions on entry and exit, ends, timeouts with a target, named guards, resources. */
import { fileURLToPath } from 'node:url';
import { validateSystem } from 'millrace/rules';
import { loadSystemFromDsl } from 'millrace/source';
import type { Effect, MachineModule } from 'millrace/machine';
import { transitionPaths } from 'millrace/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { readText } from '../../src/source/fixtures/read-text.ts';
import { drive } from '../support/drive.ts';
import { readFileSync } from 'node:fs';

const file = fileURLToPath(new URL('./fixtures/approval.dsl.ts', import.meta.url));
const source = readFileSync(file, 'utf8');
const by = (name: string) => ({ id: 'i', by: name });
const told = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.type === 'emit' ? [(effect.payload as { what: string }).what] : []));

describe('a state', () => {
  let machine: MachineModule<unknown>;
  beforeAll(async () => {
    const live = await loadSystemFromDsl(file, { live: true });
    machine = live.machines['approval']!.module;
  });
  const start = { votes: [] };

  it('does something on entry and on exit', () => {
    expect(told(drive(machine, start, ['asked', by('Ada')]).effects)).toEqual(['opened']);
    expect(told(drive(machine, start, ['asked', by('Ada')], 'after.open.0').effects)).toEqual(['closed']);
  });

  it('is left for another one when its time is over, and the timer is taken back when it is left before', () => {
    const { trace, states } = drive(machine, start, ['asked', by('Ada')], 'after.open.0');
    expect(trace[1]?.effects).toContainEqual(
      expect.objectContaining({ type: 'schedule', id: 'after.open.0', delay: 259_200_000 }),
    );
    expect(states).toEqual(['new', 'open', 'lapsed']);
    const agreed = drive(machine, start, ['asked', by('Ada')], ['agreed', by('Bob')], ['agreed', by('Cid')]);
    expect(agreed.effects).toContainEqual({ type: 'unschedule', id: 'after.open.0' });
  });

  it('is an end where it says so, and takes nothing any more', () => {
    const ended = drive(machine, start, ['asked', by('Ada')], 'after.open.0', ['agreed', by('Bob')]);
    expect(ended).toMatchObject({ handled: false, snapshot: { status: 'done', state: ['lapsed'] } });
  });

  it('has work that needs resources', async () => {
    const { tasks } = await loadSystemFromDsl(file);
    expect(tasks['book']?.needs?.resources).toEqual(['ledger']);
  });
});

describe('a guard with a name', () => {
  it('is declared once and used by several transitions', async () => {
    const system = await loadSystemFromDsl(file, { live: true });
    const found = transitionPaths(system, 'approval');
    expect(found.uncovered).toEqual([]);
    // Both of its answers were seen, in both states.
    expect(found.unrefused).toEqual([]);
  });

  it('gives nothing to complain about', async () => {
    const model = await loadSystemFromDsl(file);
    expect(validateSystem(model).issues.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  it('that is misspelt is refused, with the nearest and the known ones', async () => {
    const { diagnostics } = await readText({ 'a.dsl.ts': source.replace('guard: isEnough', 'guard: isEnuogh') });
    expect(diagnostics).toMatchObject([
      {
        code: 'MR1115',
        message: "'isEnuogh' is neither in the scope nor declared in this file.",
        hint: "Did you mean 'isEnough'? The file declares At, needed, isEnough, hasVoted.",
      },
    ]);
  });
});
