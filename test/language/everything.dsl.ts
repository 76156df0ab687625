import { agent, event, failed, flow, machine, part, resource, system, task } from 'millrace';
import { z } from 'zod';

/** Every construct of the language, once. It makes no sense as a system. */
export default system('everything', {
  version: '1.0.0',
  contexts: {
    billing: {
      description: 'Money.',
      members: ['charge', 'refund'],
      responsibilities: ['to take it', 'to give it back'],
    },
    shipping: { members: ['order'], dependencies: ['billing'] },
  },
  retention: {
    runs: { maxAge: '90d', keep: 10_000, maxSize: '2gb' },
    history: { keep: 1000, machines: { order: { keep: 9 } } },
  },
  budget: {
    run: '0.50 USD',
    day: '5 USD',
    total: '100 USD',
    tasks: { sumUp: '2 USD' },
    models: { 'some-model': '1.25 USD' },
  },
  tags: ['test', { key: 'team', value: 'language', scope: 'org' }],
  metadata: { owner: 'us', pages: [1, 2] },
});

const Id = z.string().min(1);
const Line = z.object({ sku: z.string(), parts: z.array(z.number()) });
const Order = z.object({ id: Id, total: z.number(), express: z.boolean().default(false), lines: z.array(Line) });

// Agents and resources
export const clerk = agent('clerk', {
  role: 'fast',
  system: 'You are short.',
  tools: ['charge'],
  maxTokens: 300,
  temperature: 0.5,
  options: { seed: 1 },
});
export const files = resource('files', { kind: 'database', env: ['FILES_DB'], options: { readOnly: true } });

// Events
export const placed = event('placed', { payload: Order, ttl: '30d', tags: ['order'] });
export const sent = event('parcel.sent', { payload: z.object({ id: Id, code: z.string() }) });
export const come = event('parcel.come', { payload: z.object({ id: Id }) });
export const ping = event('ping', { payload: z.void() });

// Tasks
export const charge = task('charge', {
  input: z.object({ id: Id }),
  output: z.object({ paymentId: z.string(), level: z.enum(['low', 'high']) }),
  description: 'Takes the money.',
  retry: { attempts: 5, backoff: 'exponential', delay: '2s', maxDelay: '1m', jitter: true },
  timeout: '30s',
  totalTimeout: '10m',
  heartbeat: '10s',
  concurrency: 4,
  queue: 500,
  rateLimit: [
    { limit: 100, per: '1m' },
    { limit: 1000, per: '1h' },
  ],
  priority: 3,
  breaker: { failures: 10, rate: 0.5, per: '1m', reset: '30s', halfOpen: 2 },
  idempotent: true,
  cache: { ttl: '1d' },
  errors: ['E_DECLINED'],
  needs: { net: ['pay.test'], fs: ['out/**'], env: ['PAY_KEY'], resources: [files] },
  examples: [
    { description: 'small', input: { id: 'o1' }, output: { paymentId: 'p1', level: 'low' } },
    { input: { id: 'bad' }, error: 'E_DECLINED' },
  ],
  evidenceRule: { atLeast: 3 },
  evidence: [
    { fileExists: { path: ({ output }) => `out/${output.paymentId}`, type: 'file' } },
    { fileSha256: { path: 'out/x', sha256: ({ output }) => output.paymentId } },
    { name: 'the tool was content', exitCode: { actual: () => 0, expected: 0 } },
    {
      row: {
        resource: files,
        table: 'payments',
        where: ({ output }) => ({ id: output.paymentId }),
        values: { level: 'low' },
      },
    },
  ],
  hints: { concepts: ['payment'], rules: ['never twice'], related: ['refund'] },
});
export const refund = task('refund', {
  input: z.object({ paymentId: z.string() }),
  output: z.void(),
  idempotent: true,
});
export const sumUp = task('sumUp', {
  input: z.object({ text: z.string() }),
  output: z.string(),
  model: {
    agent: clerk,
    prompt: ({ input }) => `Sum up: ${input.text}`,
    tools: [charge],
    context: {
      show: ['text', { member: 'text', as: 'summary', pinned: true }, { member: 'text', as: { fields: ['a'] } }],
      memory: true,
      strategy: { keepLast: 8 },
      maxTokens: 8000,
      maxTurns: 4,
    },
    maxTokens: 100,
  },
});

// Flows
export const pay = flow('pay', { input: z.object({ id: Id }), output: z.object({ paymentId: z.string() }) }, (f) =>
  f.step('charged', ({ input }) => charge(input)),
);

export const all = flow(
  'all',
  {
    input: Order,
    output: z.object({ paymentId: z.string() }),
    on: placed,
    schedule: {
      cron: '0 5 * * *',
      timeZone: 'Europe/Berlin',
      input: { id: 'daily', total: 0, lines: [] },
      missed: 'once',
      overlap: 'skip',
    },
    http: 'POST /orders',
    onFailure: ({ input, error }) => sumUp({ text: `${input.id}: ${error.message}` }),
    timeout: '30d',
  },
  (f) =>
    f
      .step('charged', ({ input }) => charge({ id: input.id }), {
        retry: { attempts: 2 },
        timeout: '1m',
        onFailure: 'stop',
      })
      .undo(({ charged }) => refund({ paymentId: charged.paymentId }))
      .step('perhaps', ({ input }) => pay({ id: input.id }), { onFailure: 'continue' })
      .step('surely', ({ input }) => pay({ id: input.id }), {
        onFailure: { fallback: ({ runId }) => ({ paymentId: runId }) },
      })
      .parallel(
        'both',
        {
          left: (f) =>
            f.map(
              'lines',
              ({ input }) => input.lines,
              (f) =>
                f
                  .map(
                    'parts',
                    ({ item }) => item.parts,
                    (f) => f.returns(({ item, index }) => item * index),
                  )
                  .returns(({ parts }) => parts.length),
              { concurrency: 2 },
            ),
          right: (f) => f.sleep('rest', '1s'),
        },
        { concurrency: 1 },
      )
      .branch('level', ({ charged }) => charged.level, {
        low: (f) => f,
        high: (f) => f.step('told', () => sumUp({ text: '' })),
      })
      .branch('fast', ({ input }) => input.express, {
        true: (f) => f.returns(() => 1),
        false: (f) => f.returns(() => 2),
      })
      .repeat('again', (f) => f.step('try', ({ index }) => charge({ id: `${index}` })), {
        until: ({ value, index }) => value.level === 'low' || index > 3,
        max: 5,
        delay: '1m',
      })
      .graph(
        'graph',
        (g) =>
          g
            .node('one', ({ input }) => charge({ id: input.id }))
            .node('two', ({ one }) => refund({ paymentId: one.paymentId }), { needs: ['one'] }),
        { concurrency: 2, onFailure: 'skip' },
      )
      .race('first', {
        paid: (f) => f.step('p', ({ input }) => pay({ id: input.id })),
        late: (f) => f.sleep('d', '1d'),
      })
      .attempt(
        'attempt',
        (f) => f.step('risky', () => sumUp({ text: '' })),
        (f) => f.returns(({ error }) => error.code),
      )
      .waitFor('sent', sent, { match: { id: ({ input }) => input.id }, timeout: '3d', onTimeout: 'continue' })
      .waitFor('chargeFailed', failed(charge))
      .approve('approved', {
        form: z.object({ note: z.string() }),
        message: ({ input }) => `Ship ${input.id}?`,
        timeout: '2d',
        onTimeout: 'fail',
      })
      .sleep('short', '250ms')
      .sleep('computed', ({ input }) => `${input.total}m`)
      .emit('told', ({ input }) => come({ id: input.id }))
      .emit('pinged', () => ping())
      .returns(({ charged }) => ({ paymentId: charged.paymentId })),
);

// Machines
export const parcel = machine('parcel', {
  key: 'id',
  context: z.object({ code: z.string().default('') }),
  events: { come },
}).states('travelling', {
  travelling: { on: { come: 'there' } },
  there: { final: true, output: ({ context }) => context.code },
});

const orderHead = machine('order', {
  key: 'id',
  context: z.object({ total: z.number().default(0), note: z.string().optional(), lines: z.array(Line).default([]) }),
  events: { placed, 'parcel.sent': sent, 'parcel.come': come, payFailed: failed(pay) },
  creates: ['placed'],
  flows: { pay },
  tasks: { charge },
  machines: { parcel },
  description: 'The life of an order.',
});

const packing = part(
  orderHead,
  'picking',
  {
    picking: { on: { 'parcel.sent': 'packed' } },
    packed: { on: { 'parcel.come': 'done' } },
  },
  { exits: ['done'] },
);

export const order = orderHead.states('idle', {
  idle: {
    description: 'Nothing yet.',
    tags: ['quiet'],
    on: {
      placed: [
        {
          target: 'open',
          guard: ({ event, context, in: isIn }) => event.total > context.total && !isIn('open'),
          assign: ({ event }) => ({ total: event.total, lines: event.lines }),
          emit: [({ event }) => come({ id: event.id }), ({ instanceId }) => come({ id: instanceId })],
          raise: ({ event }) => come({ id: event.id }),
          start: ({ event }) => pay({ id: event.id }),
          send: { event: ({ event }) => come({ id: event.id }), delay: '1d', id: 'reminder' },
          cancel: 'reminder',
        },
        { target: ['leaf', 'right'], internal: true, description: 'Otherwise.' },
      ],
      'parcel.*': { assign: ({ now }) => ({ total: now }) },
      payFailed: { assign: ({ event }) => ({ note: event.error.message }) },
      '*': {},
      'error.execution': 'done',
      'error.communication': 'done',
      'error.*': { assign: ({ event }) => ({ note: event.message }) },
    },
    entry: {
      do: [
        {
          forEach: 'context.lines',
          do: [{ forEach: 'item.parts', do: [{ emit: ({ item }) => come({ id: `${item}` }) }] }],
        },
        {
          when: ({ context }) => context.total > 0,
          do: [{ when: () => false, do: [] }, { raise: () => come({ id: '' }) }],
          else: [{ forEach: 'context.lines', do: [{ when: ({ item }) => item.parts.length > 1, do: [] }] }],
        },
        { cancel: ({ context }) => context.note ?? '' },
        {
          send: {
            event: () => ping(),
            id: ({ instanceId }) => `p.${instanceId}`,
            target: ({ context }) => `parcel/${context.total}`,
          },
        },
        { send: { event: () => ping(), delay: ({ context }) => `${context.total}h`, target: 'parcel' } },
      ],
    },
    exit: { assign: () => ({ note: undefined }) },
    always: { target: 'done', guard: ({ context }) => context.total < 0 },
  },
  open: {
    parallel: true,
    onDone: { target: 'done', assign: () => ({ note: 'complete' }) },
    states: {
      left: {
        initial: 'leaf',
        states: {
          leaf: {
            context: z.object({ note: z.string() }),
            run: [
              {
                flow: 'pay',
                input: ({ context }) => ({ id: context.note }),
                onDone: { target: 'ended', assign: ({ output }) => ({ note: output.paymentId }) },
                onError: 'idle',
              },
              { id: 'extra', task: 'charge', input: () => ({ id: '' }) },
              { machine: 'parcel', input: () => ({}), onDone: { assign: () => ({ note: 'there' }) } },
            ],
            after: { '1h': 'ended', '3d': { target: 'done' } },
          },
          ended: { final: true },
          back: { history: 'deep', initial: 'leaf' },
        },
      },
      right: { after: [{ delay: ({ context }) => `${context.total}m`, target: 'done' }], ...packing },
    },
  },
  done: { final: true, output: ({ context }) => context.total },
});
