import type { Fields, Pattern } from './pattern.ts';
import { access, event as eventOf, flow, objectOf, propertyKey, quote, schemaOf, task } from './text.ts';

/** Asks, waits for a decision for so long, and does one thing or the other. */
export const approval: Pattern = {
  name: 'approval',
  summary: 'asks somebody, waits for the decision, and goes on or refuses; no answer in time is a no',
  parameters: [
    { key: 'name', is: { kind: 'name' }, what: 'the flow' },
    { key: 'event', is: { kind: 'name' }, what: 'the event that brings the decision' },
    { key: 'ask', is: { kind: 'name' }, what: 'the task that asks' },
    { key: 'perform', is: { kind: 'name' }, what: 'the task for a yes' },
    { key: 'refuse', is: { kind: 'name' }, what: 'the task for a no' },
    { key: 'timeout', is: { kind: 'duration' }, what: 'how long the decision may take', fallback: '3d' },
    {
      key: 'input',
      is: { kind: 'fields', taken: ['approved', 'by'] },
      what: 'what the flow and its tasks get; the first field says which request a decision is about',
      fallback: { id: 'string' },
    },
  ],
  definitions: (values) => {
    const [name, event, ask] = [values.name('name'), values.name('event'), values.name('ask')];
    const [perform, refuse] = [values.name('perform'), values.name('refuse')];
    const fields: Fields = values.fields('input');
    const [key = 'id'] = Object.keys(fields);
    const input = objectOf(fields);
    const decision = `z.object({ ${propertyKey(key)}: ${schemaOf(fields[key] ?? 'string')}, approved: z.boolean(), by: z.string() })`;
    const by = `z.object({ request: ${input}, by: z.string() })`;
    const who = "by: decision?.by ?? 'nobody in time'";
    const steps = [
      `.step('asked', ({ input }) => ${ask}(input))`,
      `.waitFor('decision', ${event}, {`,
      `  match: { ${propertyKey(key)}: ({ input }) => input${access(key)} },`,
      `  timeout: ${quote(values.duration('timeout'))},`,
      "  onTimeout: 'continue',",
      '})',
      ".branch('outcome', ({ decision }) => decision?.approved ?? false, {",
      '  true: (f) => f',
      `    .step('performed', ({ input, decision }) => ${perform}({ request: input, ${who} }))`,
      '    .returns(() => true),',
      '  false: (f) => f',
      `    .step('refused', ({ input, decision }) => ${refuse}({ request: input, ${who} }))`,
      '    .returns(() => false),',
      '})',
      `.returns(({ decision, outcome }) => ({ approved: outcome, ${who} }))`,
    ];
    return [
      eventOf(event, 'Somebody decided.', decision),
      task(ask, `Asks somebody to decide; the answer comes as ${event}.`, { input, output: 'z.void()' }),
      task(perform, 'Does what was approved.', { input: by, output: 'z.void()' }),
      task(refuse, 'Tells that it was refused, or that nobody decided in time.', {
        input: by,
        output: 'z.void()',
      }),
      flow(name, 'Asks, waits for the decision, and goes on or refuses. No answer in time is a no.', {
        input,
        output: 'z.object({ approved: z.boolean(), by: z.string() })',
        steps,
      }),
    ];
  },
};
