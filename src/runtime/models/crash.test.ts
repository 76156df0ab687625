import { expect, it } from 'vitest';
import { openCatalogue, openModels, type Models } from 'millrace/llm';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { openSqlite, type Store } from 'millrace/store';
import { silentLogger, type BoundSystem } from 'millrace/tasks';
import { checkDatabase, faultyStore, scriptedProvider } from 'millrace/testing';
import { askingSystem, askingTask } from '../fixtures/asking.ts';
import { anyEvent, anyTask, code } from '../fixtures/bind.ts';

const seen = anyEvent('seen');
const task = askingTask('ask', { tools: [{ task: 'look', description: 'Looks.' }], maxTokens: 20 });

/** What was done by whom, in the lives of one run. */
interface World {
  asked: number[];
  looked: number;
  alive: () => boolean;
}

function systemOf(world: World): BoundSystem {
  return askingSystem(task, {
    events: [seen],
    tasks: [
      code(anyTask('look'), (_: never, { emit }) => {
        if (world.alive()) world.looked++;
        emit(seen({}));
        return 1;
      }),
    ],
    budget: { run: '1000 USD', day: '1000 USD' },
  });
}

/** Three answers: a tool, another one, and the end. */
function modelsOf(world: World): Models {
  const provider = scriptedProvider((request) => {
    const turn = request.messages.filter(({ role }) => role === 'tool').length + 1;
    if (world.alive()) world.asked.push(turn);
    const usage = { input: 1, output: 5 };
    return turn === 3
      ? { json: { text: 'done' }, usage }
      : { toolCalls: [{ id: `${turn}`, name: 'look', input: turn }], usage };
  });
  const catalogue = openCatalogue({
    overrides: [
      {
        models: [
          {
            id: 'scripted-1',
            provider: 'scripted',
            contextTokens: 10_000,
            maxOutputTokens: 1_000,
            capabilities: { tools: true, structuredOutput: true, streaming: true },
            prices: { currency: 'USD', inputPerMTok: 0, outputPerMTok: 1_000_000 },
          },
        ],
      },
    ],
  });
  return openModels({ providers: [provider], catalogue });
}

async function live(disk: Store, world: World, crashAt?: number) {
  const store = faultyStore(disk, ({ n }) => (n === crashAt ? 'crash' : undefined));
  world.alive = () => !store.crashed;
  const runtime = new ReactiveSystemRuntime(systemOf(world), { store, logger: silentLogger, models: modelsOf(world) });
  const result = await runtime
    .start('f', 1, { id: 'r' })
    .then(() => runtime.result('r'))
    .catch((error: unknown) => error);
  if (store.crashed) runtime.abandon();
  else {
    await runtime.idle();
    await runtime.close();
  }
  return { result, points: store.points, crashed: store.crashed };
}

const newWorld = (): World => ({ asked: [], looked: 0, alive: () => true });
const keptIn = (disk: Store) =>
  disk.tables.ledger
    .of('r')
    .filter(({ scope, status, name }) => scope === 'tool' && status === 'succeeded' && name === 'writer').length;

it('no answer is asked for again that was committed, whatever statement or commit the process dies at', async () => {
  const whole = newWorld();
  const { points, result } = await live(openSqlite(':memory:'), whole);
  expect(result).toMatchObject({ status: 'completed', output: { text: 'done' } });
  expect(whole).toMatchObject({ asked: [1, 2, 3], looked: 2 });
  const every = Number(process.env['CRASH_EVERY'] ?? 3);
  let lives = 0;
  for (let point = 1; point <= points; point += every) {
    const disk = openSqlite(':memory:');
    const world = newWorld();
    let end = await live(disk, world, point).catch(() => ({ crashed: true, result: undefined }));
    if (end.crashed) {
      lives++;
      const kept = keptIn(disk);
      const before = world.asked.length;
      disk.transaction((tx) => tx.owner.release());
      end = await live(disk, world);
      expect(world.asked.slice(before), `crash at ${point}`).toEqual([1, 2, 3].slice(kept));
    }
    expect(end.result, `crash at ${point}`).toMatchObject({ status: 'completed', output: { text: 'done' } });
    expect(world.asked.length, `crash at ${point}`).toBeLessThanOrEqual(4);
    expect(world.looked, `crash at ${point}`).toBeLessThanOrEqual(3);
    // What a tool has published is there once, also when it was run again.
    expect(disk.tables.events.list({ name: 'seen' }).length, `crash at ${point}`).toBe(2);
    const { spent = 0, reserved = 0 } = disk.tables.budgets.account('run r') ?? {};
    // One call that nobody has heard the end of counts in full.
    expect([15, 15 + 5, 15 + 20], `crash at ${point}`).toContain(spent / 1e6);
    expect(spent / 1e6).toBeGreaterThanOrEqual(5 * world.asked.length);
    expect(reserved).toBe(0);
    expect(checkDatabase(disk), `crash at ${point}`).toEqual([]);
    disk.close();
  }
  expect(lives).toBeGreaterThan(10);
});
