/**
 * What things of a system are called on Restate. Its names have letters, digits, `.`, `_` and `-`: anything else in a name
 * of the system is written as `_` with its code point in hex, and `_` itself as `__`, so that no two names meet.
 *
 * @example
 * ```ts
 * import { namesOf } from 'millrace/restate';
 *
 * namesOf('orders').flow('fulfilOrder'); // 'orders.flows.fulfilOrder'
 * ```
 */
export function namesOf(system: string): Names {
  const own = plain(system);
  return {
    system: own,
    flow: (name) => `${own}.flows.${plain(name)}`,
    task: (name) => `${own}.tasks.${plain(name)}`,
    machine: (name) => `${own}.machines.${plain(name)}`,
    events: `${own}.events`,
    buffers: `${own}.buffers`,
    outbox: `${own}.outbox`,
    decisions: `${own}.decisions`,
    schedules: `${own}.schedules`,
    signals: `${own}.signals`,
    effects: `${own}.effects`,
    limits: `${own}.limits`,
    books: `${own}.books`,
  };
}

/** The names of the services of a system. */
export interface Names {
  /** The part before the first dot of all others. */
  readonly system: string;
  /** A service, whose handler `run` runs a flow. */
  readonly flow: (name: string) => string;
  /** A service, whose handler `run` runs one task. */
  readonly task: (name: string) => string;
  /** A virtual object, by the id of the instance. */
  readonly machine: (name: string) => string;
  /** A service, whose handler `publish` hands out an event. */
  readonly events: string;
  /** A virtual object by event and matched values: what has come, and who waits. */
  readonly buffers: string;
  /** A virtual object by sender: hands out what runs and instances publish, in order, by the newest deployment. */
  readonly outbox: string;
  /** A virtual object by run and step: what a person is to decide. */
  readonly decisions: string;
  /** A virtual object by flow. */
  readonly schedules: string;
  /** A service that passes on what only a handler can do: signals to runs. */
  readonly signals: string;
  /** A virtual object by key: what attempts keep that outlives them. */
  readonly effects: string;
  /** A virtual object by task: who may begin an attempt. */
  readonly limits: string;
  /** A virtual object: budgets, usage and answers of models. */
  readonly books: string;
}

function plain(name: string): string {
  const written = name.replace(/[^A-Za-z0-9-]/gu, (character) =>
    character === '_' ? '__' : `_${(character.codePointAt(0) ?? 0).toString(16)}_`,
  );
  return /^[A-Za-z]/.test(written) ? written : `x${written}`;
}
