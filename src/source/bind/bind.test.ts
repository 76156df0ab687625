import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Call, Host } from '../../flow/index.ts';
import type { SystemModel } from '../../model/index.ts';
import type { BoundSystem } from '../../tasks/index.ts';
import { basics } from '../fixtures/read-text.ts';
import { loadSystemFromDsl } from '../index.ts';
import { bindLive } from './load-live.ts';

const examples = ['orders', 'ingest', 'review', 'releases'].map((name) =>
  fileURLToPath(new URL(`../../../dsl-examples/${name}/${name}.dsl.ts`, import.meta.url)),
);

/** Every place of a model where something living belongs, found without the binder. */
function livingPaths(model: SystemModel): string[] {
  const found: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const { kind } = value as Record<string, unknown>;
    if (['expression', 'call', 'schema'].includes(String(kind))) return void found.push(path);
    if (Array.isArray(value)) {
      value.forEach((item: Record<string, unknown>, index) => {
        const label =
          [item['id'], item['name'], item['alias'], item['event'], item['field']].find(
            (one) => typeof one === 'string',
          ) ?? index;
        walk(item, `${path}[${String(label)}]`);
      });
    } else for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
  };
  for (const map of ['events', 'tasks', 'flows', 'machines'] as const)
    for (const [name, node] of Object.entries(model[map])) walk(node, `${map}.${name}`);
  return found;
}

/** A project in a folder of its own; it finds zod, and the package as its sources. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-live-'));
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const installed = join(folder, 'node_modules/millrace');
  mkdirSync(installed, { recursive: true });
  symlinkSync(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'));
  symlinkSync(join(root, 'src'), join(installed, 'src'));
  writeFileSync(
    join(installed, 'package.json'),
    JSON.stringify({ type: 'module', exports: { '.': './src/dsl/index.ts', './*': './src/*/index.ts' } }),
  );
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

describe('every example', () => {
  it.each(examples)(
    '%s: nothing is missing between the model and what is executed, and nothing is left over',
    async (path) => {
      const model = await loadSystemFromDsl(path);
      const { system, paths } = await bindLive(model, path);
      expect(paths.toSorted()).toEqual(livingPaths(model).toSorted());
      expect(paths.length).toBeGreaterThan(20);
      expect(Object.keys(system.events)).toEqual(Object.keys(model.events));
      expect(Object.keys(system.flows)).toEqual(Object.keys(model.flows));
      expect(Object.keys(system.machines)).toEqual(Object.keys(model.machines));
      expect(Object.keys(system.implementations)).toEqual(Object.keys(model.tasks));
    },
  );
});

it('everything that machines can say is bound, too', async () => {
  const path = fileURLToPath(new URL('../../../test/machine/fixtures/everything.dsl.ts', import.meta.url));
  const model = await loadSystemFromDsl(path);
  expect((await bindLive(model, path)).paths.toSorted()).toEqual(livingPaths(model).toSorted());
});

describe('both ways of binding', () => {
  it.each(['orders', 'ingest', 'review', 'releases'])(
    '%s: executed and generated have the same schemas',
    async (name) => {
      const live = await loadSystemFromDsl(examples.find((path) => path.includes(`/${name}.dsl`)) ?? '', {
        live: true,
      });
      const { default: generated } = (await import(`../../../generated/${name}/index.ts`)) as { default: BoundSystem };
      expect(schemasOf(live)).toEqual(schemasOf(generated));
      expect({ hash: live.hash, version: live.version }).toEqual({ hash: generated.hash, version: generated.version });
      expect(Object.entries(live.tasks).map(([task, { policy }]) => [task, policy])).toEqual(
        Object.entries(live.tasks).map(([task]) => [task, generated.tasks[task]?.policy]),
      );
      expect(Object.values(live.flows).map(({ contract, hash, waits }) => [contract.contract, hash, waits])).toEqual(
        Object.keys(live.flows).map((flow) => [flow, generated.flows[flow]?.hash, generated.flows[flow]?.waits]),
      );
      expect(
        Object.values(live.machines).map(({ module }) => [
          module.name,
          module.hash,
          module.key,
          module.events,
          module.creates,
        ]),
      ).toEqual(
        Object.keys(live.machines).map((machine) => {
          const { name: own, hash, key, events, creates } = generated.machines[machine]!.module;
          return [own, hash, key, events, creates];
        }),
      );
    },
  );
});

function schemasOf(system: BoundSystem): object {
  const json = (schema: z.ZodType | undefined): unknown =>
    schema && z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return {
    events: Object.fromEntries(
      Object.entries(system.events).map(([name, { payload, ttl }]) => [name, [json(payload), ttl]]),
    ),
    tasks: Object.fromEntries(
      Object.entries(system.tasks).map(([name, { input, output }]) => [name, [json(input), json(output)]]),
    ),
    flows: Object.fromEntries(
      Object.entries(system.flows).map(([name, { contract }]) => [name, [json(contract.input), json(contract.output)]]),
    ),
    machines: Object.fromEntries(Object.entries(system.machines).map(([name, { context }]) => [name, json(context)])),
  };
}

describe('a project', () => {
  const text = `${basics}
const fee = 2;
const isLarge = ({ context }: { context: { total: number } }): boolean => context.total > 10;
/** Takes the money. */
export const pay = flow('pay', { input: z.object({ id: z.string() }), on: placed }, (f) => f
  .step('charged', ({ input }) => charge({ id: input.id }))
  .undo(({ charged }) => refund({ paymentId: charged.paymentId }))
  .emit('told', ({ input }) => placed({ id: input.id + fee }))
  .returns(({ charged, now }) => ({ ...charged, now })));
export const order = machine('order', { key: 'id', context: z.object({ total: z.number() }), events: { placed } }).states('open', {
  open: { on: { placed: [{ target: 'large', guard: isLarge, emit: ({ event, context }) => placed({ id: event.id + context.total }) }, { assign: ({ context }) => ({ total: context.total + fee }) }] } },
  large: { final: true },
});
`;
  const implementation = `import { implement } from 'millrace/tasks';
const contract = { kind: 'task', contract: 'charge' };
export default implement(contract as never, ((input: { id: string }) => ({ paymentId: 'p-' + input.id })) as never);
`;

  it('runs: flows, machines and tasks', async () => {
    const folder = project({ 'a.dsl.ts': text, 'tasks/charge.ts': implementation });
    const system = await loadSystemFromDsl(join(folder, 'a.dsl.ts'), { live: true });
    expect(system).toMatchObject({
      kind: 'bound-system',
      name: 's',
      version: '1.0.0',
      source: join(folder, 'a.dsl.ts'),
    });
    expect(Object.keys(system.implementations)).toEqual(['charge']);
    expect({ ...system.tasks['charge'] }).toMatchObject({ source: 'a.dsl.ts:6:14', kind: 'task', contract: 'charge' });

    const log: string[] = [];
    const run = async (id: string, call: () => Call<unknown>, { at }: { at: string }): Promise<unknown> => {
      const { contract, input } = call();
      log.push(`${id} ${contract.contract} ${JSON.stringify(input)} ${at}`);
      const task = system.implementations[contract.contract];
      return task?.run(input, {} as never);
    };
    const host = { runId: 'r', now: () => 7, step: run, emit: run, undo: run } as unknown as Host;
    expect(await system.flows['pay']?.run(host, { id: 'x' })).toEqual({ paymentId: 'p-x', now: 7 });
    expect(log).toEqual([
      'charged charge {"id":"x"} 13:4',
      expect.stringMatching(/^charged refund {"paymentId":"p-x"}/),
      'told placed {"id":"x2"} 15:4',
    ]);
    expect(system.flows['pay']?.on).toBe(system.events['placed']);

    const { module } = system.machines['order']!;
    const scope = { instanceId: 'i', now: 0 };
    const { snapshot } = module.start({ total: 9 }, scope);
    const second = module.send(snapshot, { name: 'placed', payload: { id: 'a' } }, scope);
    expect(second.snapshot).toMatchObject({ state: ['open'], context: { total: 11 } });
    const third = module.send(second.snapshot, { name: 'placed', payload: { id: 'a' } }, scope);
    expect(third.snapshot).toMatchObject({ state: ['large'], status: 'done' });
    expect(third.effects).toEqual([{ type: 'emit', event: 'placed', payload: { id: 'a11' } }]);
  });

  it('says what is wrong with it', async () => {
    const load = async (files: Readonly<Record<string, string>>): Promise<unknown> =>
      loadSystemFromDsl(join(project(files), 'a.dsl.ts'), { live: true }).catch((error: unknown) => error);
    expect(
      await load({ 'a.dsl.ts': `${text}const unlucky = (() => { throw new Error('no luck'); })();` }),
    ).toMatchObject({
      code: 'MR1017',
      message: expect.stringContaining('no luck') as string,
    });
    expect(await load({ 'a.dsl.ts': text, 'tasks/charge.ts': 'export default 5;' })).toMatchObject({
      code: 'MR1019',
      message: expect.stringContaining("does not implement the task 'charge'") as string,
    });
    expect(
      await load({ 'a.dsl.ts': text, 'tasks/charge.ts': implementation.replace("'charge'", "'refund'") }),
    ).toMatchObject({ code: 'MR1019', message: expect.stringContaining("it implements 'refund'") as string });
    expect(
      await load({
        'a.dsl.ts': `${text}const changed = Object.assign(limits, { attempts: 9 });`.replace(
          'const fee',
          "const limits = { attempts: 3 };\nexport const more = task('more', { input: z.any(), output: z.any(), retry: limits });\nconst fee",
        ),
      }),
    ).toMatchObject({
      code: 'MR1018',
      message: expect.stringContaining('tasks.more.retry.attempts: the source says 3, executing it gives 9') as string,
    });
    const folder = project({
      'a.json': JSON.stringify(await loadSystemFromDsl(join(project({ 'a.dsl.ts': text }), 'a.dsl.ts'))),
    });
    await expect(loadSystemFromDsl(join(folder, 'a.json'), { live: true })).rejects.toMatchObject({ code: 'MR1017' });
  });

  it('Node strips the types; syntax that cannot be erased goes through tsx', () => {
    const index = fileURLToPath(new URL('../index.ts', import.meta.url));
    const script = `const { loadSystemFromDsl } = await import(process.argv[1]);
      const system = await loadSystemFromDsl(process.argv[2], { live: true });
      const { module } = system.machines.order;
      console.log(JSON.stringify(module.start({ total: 1 }, { instanceId: 'i', now: 0 }).snapshot.state));`;
    const run = (folder: string): string =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script, index, join(folder, 'a.dsl.ts')], {
        encoding: 'utf8',
      }).trim();
    expect(run(project({ 'a.dsl.ts': text, 'tasks/charge.ts': implementation }))).toBe('["open"]');
    const withEnum = text.replace('const fee = 2;', 'enum Fee { Small = 1, Large = 2 }\nconst fee = Fee.Large;');
    expect(run(project({ 'a.dsl.ts': withEnum }))).toBe('["open"]');
  });
});
