import {
  createActor,
  createMachineHost,
  select,
  type Actor,
  type Instance,
  type MachineModule,
  type Snapshot,
} from './index.ts';

/** As React and Preact declare it. */
declare function useSyncExternalStore<Value>(
  subscribe: (onStoreChange: () => void) => () => void,
  getSnapshot: () => Value,
  getServerSnapshot?: () => Value,
): Value;

declare const machine: MachineModule<{ readonly lit: number }>;
declare const instance: Instance<{ readonly lit: number }>;

export function useMachine<Context>({ subscribe, getSnapshot, send }: Actor<Context>) {
  return [useSyncExternalStore(subscribe, getSnapshot, getSnapshot), send] as const;
}

const actor = createActor(machine, { lit: 0 });
export const [snapshot]: readonly [Snapshot<{ readonly lit: number }>, Actor<unknown>['send']] = useMachine(actor);
export const lit: number = useSyncExternalStore(instance.subscribe, instance.getSnapshot).context.lit;
const part = select(actor, ({ context }) => context.lit);
export const count: number = useSyncExternalStore(part.subscribe, part.getSnapshot);
// @ts-expect-error the context has no such field
select(actor, ({ context }) => context.dark);

interface Lamp {
  readonly lit: number;
}
declare const lamp: MachineModule<Lamp, { readonly off: Lamp; readonly on: Lamp }>;
const host = createMachineHost({ machines: [lamp] });
const own = host.create(lamp, { context: { lit: 0 } });
export const isOn: boolean = own.in('on');
// @ts-expect-error it has no such state
own.in('onn');
export const state: 'off' | 'on' | undefined = own.getSnapshot().state[0];
export const any: readonly Instance[] = [own, host.create('lamp')];
// @ts-expect-error the context has no such field
host.create(lamp, { context: { dark: 0 } });

type LampEvent = { readonly name: 'toggled'; readonly payload: { readonly id: string } };
const typed: Instance<Lamp, 'off' | 'on', LampEvent> = own;
typed.send({ name: 'toggled', payload: { id: '1' } });
// @ts-expect-error there is no such event
typed.send({ name: 'togled', payload: { id: '1' } });
// @ts-expect-error the event has a payload
typed.send({ name: 'toggled' });
