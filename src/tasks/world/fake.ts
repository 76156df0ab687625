import type { AttemptIds } from '../errors.ts';
import { absolute } from './allow.ts';
import type { EdgeFiles, WorldEdge } from './edge.ts';
import { WorldError } from './errors.ts';
import { answering, likeText, unanswered, type FakeAsked } from './fake-exchanges.ts';
import { openWorld } from './open.ts';
import type { Fakes, TaskWorld, WorldAttempt, WorldPort } from './world.ts';

/** A world of data: `runAttempt({ …, world })` opens it for a task, and afterwards it can be looked at. */
export interface FakeWorld extends WorldPort {
  now(): number;
  newId(): string;
  open(attempt: WorldAttempt): TaskWorld;
  /** What the files hold now, by path as `needs` has it. */
  files(): Readonly<Record<string, string>>;
  /** What was asked, in order, of hosts and resources. */
  readonly asked: readonly FakeAsked[];
}

/** When the time of a case does not say otherwise: 2026-01-01T00:00:00Z. */
const someTime = 1_767_225_600_000;
const root = '/project';

/**
 * What stands in for the world while a task is tried: no network, no file, no clock. What the task does not declare in
 * `needs` is refused as in the real one (MR3150), and a request or query that nothing answers is an error (MR3152).
 * Of several exchanges that fit a request, each answers once, in order, and the last one all the others.
 *
 * @example
 * ```ts
 * import { systemClock } from 'millrace/core';
 * import { taskContract } from 'millrace/flow';
 * import { implement, runAttempt, silentLogger } from 'millrace/tasks';
 * import { fakeWorld } from 'millrace/testing';
 * import { z } from 'zod';
 *
 * const price = taskContract('price', {
 *   input: z.string(),
 *   output: z.number(),
 *   policy: {},
 *   needs: { net: ['shop.test'], fs: ['seen/**'] },
 *   source: 'shop.dsl.ts:1:1',
 * });
 * const world = fakeWorld({ fetch: [{ url: 'https://shop.test/p/*', json: { cents: 250 } }] });
 * const outcome = await runAttempt({
 *   contract: price,
 *   implementation: implement(price, async (id, { fetch, fs }) => {
 *     const { cents } = (await (await fetch(`https://shop.test/p/${id}`)).json()) as { cents: number };
 *     await fs.write(`seen/${id}`, String(cents));
 *     return cents;
 *   }),
 *   input: 'a',
 *   attempt: 1,
 *   runId: 'test',
 *   step: 'price',
 *   idempotencyKey: 'test',
 *   clock: systemClock(),
 *   logger: silentLogger,
 *   world,
 * });
 * outcome.ok; // true
 * world.files(); // { 'seen/a': '250' }
 * ```
 */
export function fakeWorld(fakes: Fakes = {}): FakeWorld {
  let ids = 0;
  const asked: FakeAsked[] = [];
  const files = new Map(
    Object.entries(fakes.files ?? {}).map(([path, text]) => [absolute(root, path), new TextEncoder().encode(text)]),
  );
  const answers = answering(fakes.fetch ?? [], asked, (request) => request.url);
  const resources = Object.entries(fakes.resources ?? {}).map(([name, fake]) => {
    const { pathname } = new URL(address);
    const path = ({ url }: Request): string => url.slice(address.length - pathname.length);
    return [name, { fake, answers: answering(fake.fetch ?? [], asked, path) }] as const;
  });
  const byName = new Map(resources);
  return {
    now: () => fakes.now ?? someTime,
    newId: () => `00000000-0000-4000-8000-${(++ids).toString(16).padStart(12, '0')}`,
    asked,
    files: () => {
      const decoder = new TextDecoder();
      const shown = [...files].map(([path, bytes]) => [
        path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path,
        decoder.decode(bytes),
      ]);
      return Object.fromEntries(shown.sort(([a], [b]) => (a! < b! ? -1 : 1))) as Record<string, string>;
    },
    open: (attempt) => {
      const edge: WorldEdge = {
        fetch: (request) => answers(request, attempt.ids),
        env: (name) => own(fakes.env, name),
        files: filesIn(files),
        resource: (name) => {
          const found = byName.get(name);
          return {
            baseUrl: address,
            env: (variable) => own(found?.fake.env, variable) ?? own(fakes.env, variable),
            fetch: (request) =>
              found === undefined ? unanswered(request, attempt.ids) : found.answers(request, attempt.ids),
            rows: (sql) => Promise.resolve(rowsOf(name, found?.fake.rows ?? [], sql, attempt.ids)),
          };
        },
      };
      return openWorld(attempt, edge);
    },
  };
}

/** Where the fakes of resources are: nobody is asked. */
const address = 'http://resource.invalid/';

function own(of: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return of !== undefined && Object.hasOwn(of, name) ? of[name] : undefined;
}

function rowsOf(
  name: string,
  known: readonly { readonly sql: string; readonly gives: readonly Readonly<Record<string, unknown>>[] }[],
  sql: string,
  ids: AttemptIds,
): readonly Readonly<Record<string, unknown>>[] {
  const plain = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');
  const found = known.find((one) => likeText(plain(one.sql), plain(sql)));
  if (found === undefined)
    throw new WorldError('MR3152', `asked '${plain(sql)}' of '${name}', which no rows of the fakes answer.`, ids);
  return structuredClone(found.gives);
}

function filesIn(files: Map<string, Uint8Array>): EdgeFiles {
  return {
    root: () => Promise.resolve(root),
    real: (path) => Promise.resolve(path),
    read: (path) => Promise.resolve(files.get(path)?.slice()),
    write: (path, content) => Promise.resolve(void files.set(path, content.slice())),
    isFile: (path) => Promise.resolve(files.has(path)),
    // What does not fit is left out by who asks.
    below: (path) =>
      Promise.resolve([...files.keys()].filter((file) => file.startsWith(path === '/' ? '/' : `${path}/`))),
    remove: (path) => Promise.resolve(void files.delete(path)),
  };
}
