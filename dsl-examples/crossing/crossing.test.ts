import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { createMachineHost } from 'millrace/machine';
import { SimulatedClock } from 'millrace/testing';
import { expect, test } from 'vitest';
import { crossing } from '../../generated/crossing/machines/crossing.ts';

function open() {
  const clock = new SimulatedClock({ start: 0, settle: () => Promise.resolve() });
  const host = createMachineHost({ machines: [crossing], clock });
  return { clock, host, lights: host.create(crossing, { id: 'High Street', context: { crossings: 0 } }) };
}

test('who has pressed the button may go, not at once, but soon', async () => {
  const { clock, lights } = open();
  await clock.advance('1m');
  expect(lights.getSnapshot().state).toEqual(['carsMayStop', 'walkersWait', 'quiet']);
  lights.send({ name: 'pressed' });
  expect(lights.getSnapshot().state).toEqual(['carsSlow', 'walkersWait', 'called']);
  await clock.advance('3s');
  expect(lights.getSnapshot()).toMatchObject({ state: ['carsStop', 'walkersGo', 'quiet'], context: { crossings: 1 } });
});

test('people and cars never go together, whatever happens', async () => {
  const happenings = fc.array(
    fc.record({
      after: fc.integer({ min: 0, max: 9000 }),
      name: fc.constantFrom('pressed', 'pressed', 'pressed', 'nightFell', 'dayBroke', 'reload'),
    }),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(happenings, async (all) => {
      let { clock, host, lights } = open();
      const look = (): void => {
        const people = lights.in('walkersGo') || lights.in('walkersHurry');
        expect(people && !lights.in('carsStop')).toBe(false);
      };
      lights.subscribe(look);
      for (const { after, name } of all) {
        await clock.advance(after);
        if (name === 'reload') {
          const document = host.dump();
          host.stop();
          host = createMachineHost({ machines: [crossing], clock });
          host.restore(document);
          lights = host.get(crossing, 'High Street')!;
          lights.subscribe(look);
        } else lights.send({ name });
      }
      const { crossings } = lights.getSnapshot().context;
      const isWanted = lights.in('called');
      await clock.advance('30s');
      if (isWanted) expect(lights.getSnapshot().context.crossings).toBe(crossings + 1);
    }),
    { numRuns: 300 },
  );
});

test('the page passes the compiler', () => {
  const page = fileURLToPath(new URL('page', import.meta.url));
  const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
  expect(spawnSync(process.execPath, [tsc, '-p', page], { encoding: 'utf8' }).stdout).toBe('');
});
