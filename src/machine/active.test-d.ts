import { createActor, isActive, type CompiledMachine, type MachineModule, type Snapshot } from 'millrace/machine';
import { is, type Equal } from '../../test/support/type-equal.ts';

interface Order {
  readonly total: number;
  readonly paymentId?: string | undefined;
}
type Paid = Order & { readonly paymentId: string };
type Contexts = { readonly owing: Order; readonly paid: Paid; readonly sent: Paid };
declare const order: CompiledMachine<Order, Contexts>;

const actor = createActor(order, { total: 1 });
const snapshot = actor.getSnapshot();
is<Equal<typeof snapshot, Snapshot<Order, 'owing' | 'paid' | 'sent'>>>();
is<Equal<(typeof snapshot)['state'], readonly ('owing' | 'paid' | 'sent')[]>>();

if (isActive(order, snapshot, 'paid')) {
  is<Equal<typeof snapshot.context.paymentId, string>>();
  if (isActive(order, snapshot, 'sent')) is<Equal<typeof snapshot.context.total, number>>();
} else if (isActive(order, snapshot, 'owing')) {
  is<Equal<typeof snapshot.context.paymentId, string | undefined>>();
} else {
  // A state whose context is that of the machine leaves something for the other case.
  is<Equal<typeof snapshot, Snapshot<Order, 'owing' | 'paid' | 'sent'>>>();
}
// @ts-expect-error There is no such state.
isActive(order, snapshot, 'payed');

actor.subscribe((next) => {
  // @ts-expect-error There is no such state.
  if (next.state.includes('payed')) return;
  order.send(next, { name: 'x' }, { instanceId: '', now: 0 }).snapshot.state satisfies readonly (
    | 'owing'
    | 'paid'
    | 'sent'
  )[];
});

// A machine of which nothing is known, and a snapshot that comes from somewhere.
declare const any: MachineModule;
declare const stored: Snapshot;
isActive(any, stored, 'whatever') satisfies boolean;
order satisfies MachineModule<unknown>;
