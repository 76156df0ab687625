import { milliseconds, type Duration } from 'millrace/core';
import type { Call, Host } from 'millrace/flow';
import type { JournalKind } from 'millrace/store';

/** What a flow has seen: as the journal of the embedded engine would have it. */
export interface Seen {
  readonly kind: JournalKind;
  readonly path: string;
  readonly data?: unknown;
  /** Of a failure. */
  readonly message?: string;
}

/** What one attempt at a run's invocation has seen, from its beginning. */
export interface Trace {
  readonly seen: Seen[];
  /** Its code has come to its end: nothing but undos follows. */
  end: number | undefined;
}

type AnyCall = Call<unknown>;
type AnyHost = Record<string, (id: string, ...rest: never[]) => unknown>;
type Body = (host: Host, ...rest: unknown[]) => Promise<unknown>;

const isCancelled = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'Cancelled';

/**
 * A host that notes what its flow sees, and is otherwise the given one. `as`: the call that is made instead of the flow's.
 */
export function traced(
  host: Host,
  trace: { readonly seen: Seen[]; readonly as: (made: AnyCall) => AnyCall },
  prefix = '',
): Host {
  const { seen, as } = trace;
  const inner = host as unknown as AnyHost;
  const at = (id: string): string => (prefix === '' ? id : `${prefix}/${id}`);
  const note = (kind: JournalKind, path: string, data?: unknown): Seen => {
    const entry: Seen = { kind, path, ...(data === undefined ? {} : { data }) };
    seen.push(entry);
    return entry;
  };
  const drop = (entry: Seen): void => {
    const index = seen.indexOf(entry);
    if (index >= 0) seen.splice(index, 1);
  };
  const call = (name: string, id: string, ...rest: unknown[]): Promise<unknown> =>
    (inner[name] as (...all: unknown[]) => Promise<unknown>).call(inner, id, ...rest);
  const sub =
    (part: Body, path: string) =>
    (h: Host, ...rest: unknown[]) =>
      part(traced(h, trace, path), ...rest);
  const named = (parts: Readonly<Record<string, Body>>, path: string): Record<string, Body> =>
    Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, sub(part, `${path}/${name}`)]));
  const doing =
    (name: string, begins: JournalKind) =>
    async (id: string, made: () => AnyCall, options: unknown): Promise<unknown> => {
      const path = at(id);
      note(begins, path);
      try {
        const value = await call(name, id, () => as(made()), options);
        note('completed', path, value);
        return value;
      } catch (thrown) {
        if (!isCancelled(thrown)) seen.push({ kind: 'failed', path, message: (thrown as Error).message });
        throw thrown;
      }
    };

  return {
    runId: host.runId,
    step: doing('step', 'started'),
    child: doing('child', 'called'),
    undo: (id: string, made: () => AnyCall, options: unknown) =>
      inner['undo']?.call(
        inner,
        id,
        (() => {
          note('started', `${at(id)}/~undo`);
          note('completed', `${at(id)}/~undo`);
          return as(made());
        }) as never,
        options as never,
      ),
    async sleep(id: string, time: Duration, options: unknown) {
      note('sleeping', at(id), milliseconds(time));
      await call('sleep', id, time, options);
      note('slept', at(id));
    },
    async receive(id: string, ...rest: unknown[]) {
      const got = await call('receive', id, ...rest);
      note(got === undefined ? 'timedOut' : 'received', at(id), got);
      return got;
    },
    async approve(id: string, ...rest: unknown[]) {
      const said = await call('approve', id, ...rest);
      note('decided', at(id));
      return said;
    },
    async emit(id: string, ...rest: unknown[]) {
      await call('emit', id, ...rest);
      note('emitted', at(id));
    },
    all: (id: string, parts: Readonly<Record<string, Body>>, options: unknown) =>
      call('all', id, named(parts, at(id)), options),
    map: (id: string, over: unknown, part: Body, options: unknown) =>
      call(
        'map',
        id,
        over,
        (h: Host, item: unknown, index: number) => sub(part, `${at(id)}[${index}]`)(h, item, index),
        options,
      ),
    repeat: (id: string, part: Body, until: unknown, options: unknown) =>
      call(
        'repeat',
        id,
        (h: Host, index: number) => {
          if (index > 0) note('slept', `${at(id)}[${index - 1}]/~delay`);
          return sub(part, `${at(id)}[${index}]`)(h, index);
        },
        until,
        options,
      ),
    branch: (id: string, on: unknown, parts: Readonly<Record<string, Body>>, options: unknown) => {
      const told = Object.entries(named(parts, at(id))).map(([name, part]): [string, Body] => [
        name,
        (h) => {
          note('chosen', at(id), name);
          return part(h);
        },
      ]);
      return call('branch', id, on, Object.fromEntries(told), options);
    },
    async race(id: string, parts: Readonly<Record<string, Body>>, options: unknown) {
      const wins: Seen[] = [];
      const told = Object.entries(named(parts, at(id))).map(([name, part]): [string, Body] => [
        name,
        async (h) => {
          const value = await part(h);
          wins.push(note('won', at(id), name));
          return value;
        },
      ]);
      let winner: string | undefined;
      try {
        const won = (await call('race', id, Object.fromEntries(told), options)) as { readonly winner: string };
        ({ winner } = won);
        return won;
      } finally {
        for (const win of wins) if (win.data !== winner) drop(win);
      }
    },
    async attempt(id: string, part: Body, handler: Body, options: unknown) {
      let caught: Seen | undefined;
      let handles = false;
      try {
        return await call(
          'attempt',
          id,
          async (h: Host) => {
            try {
              return await sub(part, `${at(id)}/try`)(h);
            } catch (thrown) {
              caught = note('caught', at(id));
              throw thrown;
            }
          },
          (h: Host, error: unknown) => {
            handles = true;
            return sub(handler, `${at(id)}/catch`)(h, error);
          },
          options,
        );
      } finally {
        // It was cancelled with what is around it.
        if (caught !== undefined && !handles) drop(caught);
      }
    },
    async graph(id: string, build: (g: unknown) => unknown, options: unknown) {
      const path = at(id);
      const ends = (): void => {
        note('completed', `${path}/a`, 'a');
        note('completed', `${path}/c`);
      };
      let second = false;
      // Those of the graph in system.ts: `b` begins when `a` and `c` have ended.
      const wrap = (g: { node: (...all: unknown[]) => unknown }) => {
        const wrapped = {
          node(name: string, made: (done: unknown) => AnyCall, more: unknown) {
            g.node(
              name,
              (done: unknown) => {
                if (name === 'b') {
                  second = true;
                  ends();
                }
                note(name === 'c' ? 'called' : 'started', `${path}/${name}`);
                return as(made(done));
              },
              more,
            );
            return wrapped;
          },
        };
        return wrapped;
      };
      try {
        const value = (await call('graph', id, (g: never) => build(wrap(g)), options)) as { readonly b: unknown };
        note('completed', `${path}/b`, value.b);
        note('closed', path);
        return value;
      } catch (thrown) {
        if (!isCancelled(thrown))
          seen.push({ kind: 'failed', path: `${path}/${second ? 'b' : 'c'}`, message: (thrown as Error).message });
        throw thrown;
      }
    },
    now: () => host.now(),
    random: () => host.random(),
    idGen: () => host.idGen(),
  } as unknown as Host;
}
