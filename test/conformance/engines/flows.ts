import { z } from 'zod';
import { failureOf, flowContract, type AnyEvent, type FlowModule, type Host } from 'millrace/flow';
import { contracts as tasks, events } from './tasks.ts';

const source = 'promises.dsl.ts:1:1';
const at = { at: '1:1' } as const;
const { job, alone, thrice, cached } = tasks;

const flow = (
  name: string,
  run: (host: Host, input: never) => Promise<unknown>,
  more: Partial<FlowModule> = {},
): FlowModule => ({
  kind: 'flow',
  contract: flowContract(name, { input: z.any(), source }),
  hash: `hash of ${name}`,
  waits: [],
  ...more,
  run: run as FlowModule['run'],
});
const on = (event: AnyEvent) => ({ on: event });
const form = z.object({ note: z.string().min(1), days: z.coerce.number().default(3) });
const waits = (event: string, ...fields: readonly string[]) => ({ waits: [{ event, fields }] });
const minutes = (later: number, before: number): number => Math.floor((later - before) / 60_000);

/** One step by any task, by its name. */
const one = flow('one', (host, { task, input }: { readonly task: keyof typeof tasks; readonly input: unknown }) =>
  host.step('one', () => ({ contract: tasks[task], input }), at),
);
const failing = flow('failing', (host) => host.step('bad', () => job('bad'), at), {
  onFailure: () => ({ contract: aftermath.contract, input: { why: 'failing' } }),
});
const aftermath = flow('aftermath', (host, input) => host.step('after', () => job(input), at));

/** Flows of the cases, besides those of the simulation. */
export const flows: Readonly<Record<string, FlowModule>> = Object.fromEntries(
  [
    one,
    aftermath,
    failing,
    flow('twice', async (host, { task, input }: { readonly task: 'cached' | 'onceing'; readonly input: unknown }) => {
      const first = await host.step('first', () => tasks[task](input), at);
      const second = await host.step('second', () => tasks[task](input), at);
      await host.sleep('nap', '31m', at);
      return `${first} ${second} ${await host.step('third', () => tasks[task](input), at)}`;
    }),
    flow(
      'steady',
      async (host) => {
        const seen = () => `${host.now()} ${host.random()} ${host.idGen()}`;
        const first = seen();
        await host.step('kept', () => job(first), at);
        await host.receive('go', events.told, { ...at, match: () => ({ id: 'a' }) });
        return (await host.step('again', () => job(first), at)) === first && seen() !== first;
      },
      waits('told', 'id'),
    ),
    flow(
      'telling',
      async (host) => {
        await host.step('tell', () => tasks.telling(null), at);
        const heard = { ...at, match: () => ({ id: 'a' }), timeout: '30m', onTimeout: 'continue' } as const;
        const first = await host.receive('first', events.told, heard);
        const second = await host.receive('second', events.told, heard);
        return `${String(first?.['attempt'])} ${String(second?.['attempt'])}`;
      },
      waits('told', 'id'),
    ),
    flow(
      'late',
      async (host) => {
        await host.sleep('nap', '20m', at);
        const heard = { ...at, match: () => ({ id: 'a' }), timeout: '30m', onTimeout: 'continue' } as const;
        const short = await host.receive('short', events.short, heard);
        const brief = await host.receive('brief', events.brief, heard);
        return `${String(short?.['n'])} ${String(brief?.['n'])}`;
      },
      {
        waits: [
          { event: 'short', fields: ['id'] },
          { event: 'brief', fields: ['id'] },
        ],
      },
    ),
    flow(
      'choosy',
      async (host) => {
        const heard = await host.receive('heard', events.told, {
          ...at,
          match: () => ({ id: 'a', n: 1, deep: { x: [1] } }),
        });
        return heard['say'];
      },
      waits('told', 'deep', 'id', 'n'),
    ),
    flow(
      'queue',
      async (host) => {
        const heard: unknown[] = [];
        for (const n of [0, 1, 2]) {
          heard.push((await host.receive(`heard${n}`, events.told, { ...at, match: () => ({ id: 'a' }) }))['n']);
          await host.sleep(`nap${n}`, '5m', at);
        }
        return heard;
      },
      waits('told', 'id'),
    ),
    flow(
      'anyOf',
      async (host) => {
        const heard = await host.receive('heard', events.told, at);
        return heard['n'];
      },
      waits('told'),
    ),
    flow(
      'impatient',
      (host) => host.receive('heard', events.told, { ...at, match: () => ({ id: 'a' }), timeout: '10m' }),
      waits('told', 'id'),
    ),
    flow(
      'onBegun',
      (host, input: { readonly id: string }) => host.step(`begun-${input.id}`, () => job(input), at),
      on(events.begun),
    ),
    flow(
      'onBad',
      async (host, input: { readonly input: unknown; readonly error: { readonly code: string } }) => {
        await host.step(`task-${String(input.input)}-${input.error.code}`, () => job(1), at);
      },
      on(failureOf(job)),
    ),
    flow(
      'onFailing',
      async (host, { error }: { readonly error: { readonly code: string } }) => {
        await host.step(`flow-${error.code}`, () => job(1), at);
      },
      on(failureOf(failing.contract)),
    ),
    flow('lonely', async (host) => {
      await host.map(
        'all',
        () => [1, 2, 3],
        (h) => h.step('one', () => alone(null), at),
        { ...at, concurrency: 3 },
      );
    }),
    flow('limited', async (host) => {
      const times = await host.map(
        'all',
        () => [1, 2, 3, 4, 5, 6, 7],
        (h) => h.step('one', () => thrice(null), at),
        { ...at, concurrency: 7 },
      );
      const sorted = times.map(Number).toSorted((a, b) => a - b);
      // Never too early; a minute is for how long it takes to begin.
      return sorted.every((time, n) => n < 3 || minutes(time, sorted[n - 3] ?? 0) >= 19);
    }),
    flow('broken', async (host) => {
      const before = host.now();
      return minutes(await host.step('one', () => tasks.fragile(null), at), before) >= 30;
    }),
    flow('ordered', (host) =>
      host.map(
        'all',
        () => [3, 1, 2],
        async (h, item, index) => {
          await h.sleep('nap', `${item}m`, at);
          return h.step('did', () => job(`${item}${index}`), at);
        },
        { ...at, concurrency: 3 },
      ),
    ),
    flow('windowed', async (host) => {
      const began: number[] = [];
      const start = host.now();
      await host.map(
        'all',
        () => [1, 2, 3, 4, 5],
        async (h) => {
          await h.sleep('nap', '10m', at);
          await h.step('did', () => job(1), at);
          began.push(minutes(h.now(), start));
        },
        { ...at, concurrency: 2 },
      );
      return [began[0], began[2], began[4]].map((time, n) => Math.min(n + 1, Math.floor((time ?? 0) / 10))).join(' ');
    }),
    flow('nothingToDo', (host) =>
      host.map(
        'all',
        () => [],
        (h) => h.step('did', () => job(1), at),
        at,
      ),
    ),
    flow(
      'chosen',
      async (host) => {
        const value = await host.branch(
          'way',
          () => 'left',
          {
            left: async (h) => {
              await h.step('one', () => job(1), at);
              await h.receive('go', events.told, { ...at, match: () => ({ id: 'a' }) });
              return h.step('two', () => job('left'), at);
            },
            right: (h) => h.step('one', () => job('right'), at),
          },
          at,
        );
        return value;
      },
      waits('told', 'id'),
    ),
    ...(['failFast', 'continueIndependent', 'skip'] as const).map((onFailure) =>
      flow(`graph-${onFailure}`, async (host) => {
        const all: Readonly<Record<string, unknown>> = await host.graph(
          'g',
          (g) =>
            g
              .node('a', () => job('bad'), at)
              .node('b', () => job('b'), at)
              .node('c', ({ a }) => job(`c${String(a)}`), { ...at, needs: ['a'] })
              .node('d', ({ b }) => job(`d${String(b)}`), { ...at, needs: ['b'] }),
          { ...at, onFailure },
        );
        return `${String(all['a'])} ${String(all['b'])} ${String(all['c'])} ${String(all['d'])}`;
      }),
    ),
    flow('sums', async (host) => {
      const all = await host.graph(
        'g',
        (g) =>
          g
            .node('a', () => job(1), at)
            .node('b', () => job(2), at)
            .node('c', ({ a, b }) => job(Number(a) + Number(b)), { ...at, needs: ['a', 'b'] }),
        at,
      );
      return all.c;
    }),
    flow('passing', async (host) => {
      const fallen = await host.step('fallen', () => job('bad'), { ...at, onFailure: { fallback: () => 'instead' } });
      const none = await host.step('none', () => job('bad'), { ...at, onFailure: 'continue' });
      return `${String(fallen)} ${String(none)}`;
    }),
    flow('shorter', (host) =>
      host.step('one', () => tasks.growing(null), { ...at, retry: { attempts: 2, delay: '1m' } }),
    ),
    flow(
      'asking2',
      async (host) => {
        const said = await host.approve('ok', {
          ...at,
          form,
          message: () => 'Ship it?',
          timeout: '2h',
          onTimeout: 'continue',
        });
        return said === undefined ? 'nobody' : `${said.by} ${said.approved} ${said.form?.note} ${said.form?.days}`;
      },
      { forms: { ok: form } },
    ),
    flow('mending', async (host) => {
      const first = await host.step('first', () => job(1), at);
      host.undo('first', () => job('undone'), at);
      await host.step('kept', () => job(2), at);
      return `${String(first)}${String(await host.step('mended', () => tasks.mended(3), at))}`;
    }),
    flow('keeping', async (host) => {
      await host.step('kept', () => job(2), at);
      return host.step('mended', () => tasks.mended(3), at);
    }),
    flow('parent', async (host) => {
      await host.step('before', () => job(1), at);
      return host.child('kid', () => ({ contract: aftermath.contract, input: 'from above' }) as never, at);
    }),
    flow('deep', (host, n: number) =>
      n === 0
        ? host.step('bottom', () => job('bottom'), at)
        : host.child(`down`, () => ({ contract: flows['deep']?.contract, input: n - 1 }) as never, at),
    ),
    flow(
      'working',
      async (host, next: string) => {
        await host.step('done', () => job(1), at);
        host.undo('done', () => job('undone'), at);
        if (next === 'wait') await host.receive('more', events.said, { ...at, match: () => ({ id: 'never' }) });
        return host.step('next', () => job(next), at);
      },
      waits('said', 'id'),
    ),
    flow('rotten', (host) => host.step('one', () => job(1n), at)),
    flow('throwing', async (host) => {
      await host.step('one', () => job(1), at);
      host.undo('one', () => job('undone'), at);
      throw new Error('the flow itself');
    }),
    flow('checked', async () => 'no number', {
      contract: flowContract('checked', { input: z.object({ n: z.number() }), output: z.number(), source }),
    }),
    flow(
      'cachedTwice',
      async (host) =>
        `${String(await host.step('a', () => cached(1), at))}${String(await host.step('b', () => cached(1), at))}`,
    ),
  ].map((module) => [module.contract.contract, module]),
);

/** Starts by itself, each hour. */
export const hourly = flow('hourly', (host, input) => host.step('tick', () => job(input), at), {
  schedule: { cron: '0 * * * *', input: 'tock' },
});
