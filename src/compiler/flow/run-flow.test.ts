import { afterAll, beforeAll, expect, test } from 'vitest';
import { orders } from '../fixtures/orders.ts';
import { Project } from '../fixtures/project.ts';

const project = new Project();
beforeAll(() => {
  project.compile(orders());
});
afterAll(() => project.dispose());

const host = new URL('../fixtures/memory-host.ts', import.meta.url).href;
const script = (level: string, fails: string): string => `
import system from '../generated/orders/index.ts';
import { memoryHost } from ${JSON.stringify(host)};
const answers = {
  assessRisk: { level: '${level}', score: 7 }, reviewByHand: { approved: true }, chargeCard: { paymentId: 'pay-1', capturedAt: '' },
  refundPayment: { refundId: 'ref-1' }, printLabel: { labelUrl: 'http://x/1' }, sendMail: { messageId: 'm' }, parcelDispatched: { trackingCode: 'T-1' },
};
const { host, log, undo } = memoryHost((name, input, path) => {
  if (name === '${fails}') throw new Error('no ' + name);
  if (name === 'reserveStock') return { reservationId: 'res-' + input.sku, warehouse: 'W' };
  return answers[name];
});
const input = { orderId: 'o-1', email: 'a@b.c', total: { amount: 5, currency: 'EUR' }, lines: [{ sku: 'a', quantity: 1 }, { sku: 'b', quantity: 2 }], express: true };
const outcome = await system.flows.fulfilOrder.run(host, input).then((output) => ({ output }), (error) => (undo(), { error: error.message }));
console.log(JSON.stringify({ ...outcome, log, waits: system.flows.fulfilOrder.waits }));
`;
type Result = {
  readonly output?: unknown;
  readonly error?: string;
  readonly log: readonly (readonly [string, string, unknown])[];
  readonly waits: unknown;
};

test('Node runs the compiled flow as it stands, step by step', () => {
  const { output, log, waits } = project.run('src/low.ts', script('low', '')) as Result;
  expect(output).toEqual({ paymentId: 'pay-1', trackingCode: 'T-1' });
  expect(waits).toEqual([{ event: 'parcelDispatched', fields: ['orderId'] }]);
  expect(log.map(([path, verb]) => `${path}: ${verb}`)).toEqual([
    'risk: call task assessRisk',
    'review: branch',
    'payment: call task chargeCard',
    'prepared/stock/held: map',
    'prepared/stock/held[0]/line: call task reserveStock',
    'prepared/stock/held[1]/line: call task reserveStock',
    'prepared/label/label: call task printLabel',
    'dispatched: receive parcelDispatched',
    'announced: call event orderShipped',
    'mail: call task sendMail',
  ]);
  expect(log.at(-1)?.[2]).toEqual({
    to: 'a@b.c',
    template: 'shipped',
    data: { tracking: 'T-1', label: 'http://x/1', from: 'W' },
  });
  expect(log[3]?.[2]).toEqual([2, 4]);
});

test('the other branch runs, and a failure undoes what was done, newest first', () => {
  const { error, log } = project.run('src/high.ts', script('high', 'sendMail')) as Result;
  expect(error).toBe('no sendMail');
  expect(log[2]).toEqual(['review/high/byHand', 'call task reviewByHand', { orderId: 'o-1', score: 7 }]);
  expect(log.slice(-3).map(([path, , detail]) => [path, detail])).toEqual([
    ['prepared/stock/held[1]/line/~undo', { reservationIds: ['res-b'] }],
    ['prepared/stock/held[0]/line/~undo', { reservationIds: ['res-a'] }],
    ['payment/~undo', { paymentId: 'pay-1' }],
  ]);
});
