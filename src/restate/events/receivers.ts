import { keyOf, matchKey } from '../../engine/index.ts';
import { milliseconds } from '../../core/index.ts';
import type { AnyEvent } from '../../flow/index.ts';
import { decodeJson } from '../../tasks/index.ts';
import type { Place, Published, RunAsks } from '../contract.ts';
import type { EventAsks } from '../machines/contract.ts';
import { bufferKey } from './buffer-key.ts';
import type { PutAsks } from './shelf.ts';

/** Who gets an event, each as a call of one of its handlers. */
export interface Receivers {
  readonly buffers: readonly Receiver<PutAsks>[];
  readonly machines: readonly Receiver<EventAsks>[];
  readonly flows: readonly (Receiver<RunAsks> & { readonly flow: string })[];
}

export interface Receiver<Asks> {
  readonly service: string;
  readonly method: string;
  readonly key?: string;
  readonly parameter: Asks;
  readonly idempotencyKey?: string;
}

/** The sets of payload fields by which runs wait for the events of a name, also those of older deployments. */
export type FieldSets = Readonly<Record<string, readonly (readonly string[])[]>>;

export type Read =
  | { readonly ok: true; readonly receivers: Receivers }
  /** What the schema of today says of a payload that was checked by that of its day. */
  | { readonly ok: false; readonly problems: string };

/** Finds out who gets an event. */
export function receiversOf(place: Place, event: AnyEvent, published: Published, sets: FieldSets): Read {
  const { names, registry } = place;
  const { payload } = published;
  const read = decodeJson(event.payload, payload === undefined ? undefined : JSON.stringify(payload));
  if (!read.ok) return { ok: false, problems: read.problems };
  const fields = new Map(
    [...registry.fields(published.name), ...(own(sets, published.name) ?? [])].map((set) => [set.join(), set]),
  );
  const expires = published.at + milliseconds(event.ttl);
  return {
    ok: true,
    receivers: {
      buffers: [...fields.values()].map((set) => ({
        service: names.buffers,
        method: 'put',
        key: bufferKey(published.name, matchKey(set, read.value)),
        parameter: { event: published, expires },
      })),
      machines: registry.machines().flatMap((machine) => {
        const { name, events } = machine.module;
        const key = Object.hasOwn(events, published.name) ? keyOf(machine, read.value) : undefined;
        // No virtual object has an empty key.
        if (key === undefined || key === '') return [];
        return [{ service: names.machine(name), method: 'event', key, parameter: { event: published } }];
      }),
      flows: [...registry.flows()].flatMap(({ on, contract: { contract: flow } }) => {
        if (on?.contract !== published.name) return [];
        const run = `${flow}:${published.id}`;
        const parameter = { run, input: payload, at: published.at, event: published.id };
        return [{ service: names.flow(flow), method: 'run', parameter, idempotencyKey: run, flow }];
      }),
    },
  };
}

function own<T>(of: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}
