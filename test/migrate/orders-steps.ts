/** The shop of the example, on its way from 1.0.0 to 4.0.0: three steps, as modules of `migrations/`; two by edits, one by a codemod. */

const module = (text: string): string => `import { migration } from 'millrace/migrate';\n\n${text}`;
/** A codemod that changes the text of the source where it stands: each piece must be there. */
const codemod = (pairs: readonly (readonly [string, string])[]): string => `(project) => {
    for (const file of project.getSourceFiles()) {
      let text = file.getFullText();
      for (const [from, to] of ${JSON.stringify(pairs)}) {
        if (!text.includes(from)) throw new Error('not there: ' + from);
        text = text.replaceAll(from, to);
      }
      file.replaceWithText(text);
    }
  }`;

export const steps: Readonly<Record<string, string>> = {
  'migrations/1.0.0-to-2.0.0.ts': module(`export default migration({
  from: '1.0.0',
  to: '2.0.0',
  description: 'Parcels are on the road, and what is taken is charged',
  source: [
    { op: 'rename', path: 'machines.order.states.travelling', to: 'onTheRoad' },
    { op: 'rename', path: 'flows.fulfilOrder.body.payment', to: 'charged' },
  ],
  instances: { order: { states: { travelling: 'onTheRoad' } } },
  runs: { fulfilOrder: { steps: { payment: 'charged' } } },
});
`),
  'migrations/2.0.0-to-3.0.0.ts': module(`export default migration({
  from: '2.0.0',
  to: '3.0.0',
  description: 'Express parcels are lost sooner; every order knows where it came from',
  codemod: ${codemod([
    [
      "    reason: z.string().default(''),\n  })",
      "    reason: z.string().default(''),\n    channel: z.enum(['web', 'phone']),\n  })",
    ],
    [
      '      onTheRoad: {\n',
      "      express: {\n        on: { parcelDelivered: { target: 'delivered', assign: ({ event }) => ({ deliveredAt: event.at }) } },\n        after: { '2d': { target: 'refunding', assign: () => ({ reason: 'the parcel was lost' }) } },\n      },\n      onTheRoad: {\n",
    ],
  ])},
  instances: {
    order: {
      states: { onTheRoad: (context) => (context.order?.express ? 'express' : 'onTheRoad') },
      context: (context) => ({ ...context, channel: context.order?.email?.startsWith('phone') ? 'phone' : 'web' }),
    },
  },
});
`),
  'migrations/3.0.0-to-4.0.0.ts': module(`export default migration({
  from: '3.0.0',
  to: '4.0.0',
  description: 'Parcels are handed over, from a depot; money is taken',
  source: [
    { op: 'rename', path: 'events.parcelDispatched', to: 'parcelHandedOver' },
    {
      op: 'set',
      path: 'events.parcelHandedOver.payload',
      text: 'z.object({ orderId: OrderId, carrier: z.string(), trackingCode: z.string(), depot: z.string() })',
    },
    { op: 'rename', path: 'tasks.chargeCard', to: 'takeMoney' },
  ],
  tasks: { chargeCard: 'takeMoney' },
  events: { parcelDispatched: { event: 'parcelHandedOver', payload: (payload) => ({ ...payload, depot: 'main' }) } },
});
`),
};
