import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openCatalogue, openModels, type Models } from 'millrace/llm';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { openSqlite, type Store } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { checkDatabase, scriptedProvider, seededRandom } from 'millrace/testing';
import { askingSystem, askingTask } from '../fixtures/asking.ts';
import { anyTask, code } from '../fixtures/bind.ts';

const runs = 12;
const retry = { attempts: 50, delay: '1ms', backoff: 'fixed' } as const;
const task = askingTask('ask', { tools: [{ task: 'look', description: 'Looks.' }], maxTokens: 20, policy: { retry } });

/** Somebody who asks models in random circumstances. */
class World {
  readonly random: () => number;
  /** Who was asked for which answer, in order. */
  readonly asked: string[] = [];
  readonly wrong: string[] = [];
  /** How many answers of a run are known to be committed. */
  readonly #kept = new Map<string, number>();
  readonly #store: Store;

  constructor(seed: number, store: Store) {
    this.random = seededRandom(`models ${seed}`);
    this.#store = store;
  }

  /** Notes what is committed now. */
  look(): void {
    for (let n = 0; n < runs; n++) {
      const answers = this.#store.tables.ledger
        .of(`r${n}`)
        .filter(({ name, status }) => name === 'writer' && status === 'succeeded');
      this.#kept.set(`r${n}`, answers.length);
    }
  }

  models(alive: () => boolean): Models {
    const provider = scriptedProvider(async (request) => {
      const turn = request.messages.filter(({ role }) => role === 'tool').length + 1;
      const [, run = ''] = /"run":"(\w+)"/.exec(JSON.stringify(request.messages[0]).replaceAll('\\', '')) ?? [];
      if (alive()) {
        this.asked.push(`${run} ${turn}`);
        if (turn <= (this.#kept.get(run) ?? 0)) this.wrong.push(`${run} ${turn} is asked for again`);
      }
      await wait(this.random() * 6);
      const usage = { input: 1, output: 1 + Math.floor(this.random() * 15) };
      if (this.random() < 0.15) return { fails: this.random() < 0.5 ? 'overloaded' : 'truncated', usage };
      return turn === 4
        ? { json: { text: 'done' }, usage }
        : { toolCalls: [{ id: `${turn}`, name: 'look', input: turn }], usage };
    });
    const model = {
      id: 'scripted-1',
      provider: 'scripted',
      contextTokens: 10_000,
      maxOutputTokens: 1_000,
      capabilities: { tools: true, structuredOutput: true, streaming: true },
      prices: { currency: 'USD', inputPerMTok: 0, outputPerMTok: 1_000_000 },
    };
    const catalogue = openCatalogue({ overrides: [{ models: [model] }] });
    return openModels({
      providers: [provider],
      catalogue,
      route: { retry: { attempts: 1 }, health: { minCalls: 1_000_000 } },
    });
  }
}

async function live(seed: number): Promise<readonly unknown[]> {
  const store = openSqlite(':memory:');
  const world = new World(seed, store);
  const { random } = world;
  const look = code(anyTask('look', { retry: { attempts: 3, delay: '1ms' }, concurrency: 3 }), async () => {
    await wait(random() * 3);
    if (random() < 0.2) throw new Error('not now');
    return 1;
  });
  const system = askingSystem(task, { tasks: [look], budget: { run: '100000 USD', total: '1000000 USD' } });
  const open = (): ReactiveSystemRuntime => {
    const opened: { over: boolean } = { over: false };
    const runtime = new ReactiveSystemRuntime(system, {
      store,
      logger: silentLogger,
      maxLost: 1e6,
      models: world.models(() => !opened.over),
    });
    void runtime.stopped().then(() => (opened.over = true));
    return runtime;
  };
  let runtime = open();
  const ids = Array.from({ length: runs }, (_, n) => `r${n}`);
  await Promise.all(ids.map((id) => runtime.start('f', { run: id }, { id })));
  const cancelled = new Set<string>();
  for (let deeds = 0; deeds < 25; deeds++) {
    await wait(random() * 8);
    const id = ids[Math.floor(random() * runs)] as string;
    const deed = random();
    world.look();
    if (deed < 0.15) {
      runtime.abandon();
      store.transaction((tx) => tx.owner.release());
      await wait(1);
      world.look();
      runtime = open();
    } else if (deed < 0.55) await runtime.pause(id, { inFlight: random() < 0.7 ? 'abort' : 'await' }).catch(() => {});
    else if (deed < 0.9) await runtime.resume(id).catch(() => {});
    else if ((await runtime.cancel(id)).accepted) cancelled.add(id);
  }
  for (const id of ids) await runtime.resume(id).catch(() => {});
  const ends = await Promise.all(ids.map((id) => runtime.result(id)));
  // What was called off is booked a moment later.
  for (let n = 0; n < 200 && store.tables.budgets.reservations().length > 0; n++) await wait(5);
  const problems: unknown[] = [...world.wrong, ...checkDatabase(store)];
  for (const [index, { status, error }] of ends.entries()) {
    const should = cancelled.has(`r${index}`) ? 'cancelled' : 'completed';
    if (status !== should) problems.push(`r${index} is ${status}, and should be ${should}: ${String(error?.message)}`);
  }
  const { spent = 0, reserved = 0 } = store.tables.budgets.account('total') ?? {};
  if (reserved !== 0) problems.push(`${reserved} are still set aside`);
  const used = store.tables.usage.sums(undefined).reduce((sum, { micros }) => sum + micros, 0);
  if (spent < used) problems.push(`${spent} are booked, and ${used} were used`);
  await runtime.close();
  store.close();
  return problems;
}

const seeds = Number(process.env['MODELS_SEEDS'] ?? 6);
const from = Number(process.env['MODELS_FROM'] ?? 1);
it('pauses, cancels, failures and crashes at random moments pay for no committed answer again, and leave no money set aside', async () => {
  for (let seed = from; seed < from + seeds; seed++) expect(await live(seed), `seed ${seed}`).toEqual([]);
}, 600_000);
