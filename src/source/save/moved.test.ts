import type { SystemModel } from 'millrace/model';
import { expect, test } from 'vitest';
import { difference } from '../print/same.ts';
import { readSource } from '../read.ts';
import { textsOf } from './save.ts';

const path = '/project/a.dsl.ts';
type Plain = { [key: string]: Plain } & Plain[];

/** What stands at a place of a model. */
function at(model: Plain, ...keys: readonly (string | number)[]): Plain {
  let found = model;
  for (const key of keys) found = found[key as keyof Plain] as Plain;
  return found;
}

/** The text after something was changed in the model of one. */
function saved(text: string, change: (model: Plain) => void): string {
  const { system } = readSource(path, '/project', () => text);
  const model = structuredClone(system) as unknown as Plain;
  change(model);
  const after = model as unknown as SystemModel;
  const { texts, diagnostics } = textsOf(after, path, '/project', () => text);
  expect(diagnostics).toEqual([]);
  const next = texts.get(path) ?? text;
  expect(difference(after, readSource(path, '/project', () => next).system as SystemModel)).toBeUndefined();
  return next;
}

const text = `import { event, flow, machine, system, task } from 'millrace';
import { z } from 'zod';
export default system('s', { version: '1.0.0' });
export const placed = event('placed', { payload: z.object({ id: z.string() }) });
export const charge = task('charge', { input: z.object({ id: z.string() }), output: z.string() });
export const pay = flow('pay', { input: z.object({ id: z.string() }) }, (f) =>
	f
		// the money
		.step('one', ({ input }) =>
			charge({
				id: input.id, // as it is
			}),
		) // one
		.undo(({ input }) => charge(input)) // back
		.attempt(
			'all',
			(g) =>
				g
					/* wait */
					.sleep('a', '1s'),
			(g) => g.sleep('b', '2s'),
		));
export const order = machine('order', { key: 'id', context: z.object({ n: z.number() }), events: { placed } }).states('open', {
  // begins
  open: {
    on: { placed: 'busy' }, // goes on
  }, // the first
  busy: {
    initial: 'deep',
    states: {
      /* far down */
      deep: { after: { '1h': 'shut' } }, // waits
    },
  },
  shut: { final: true },
});
`;

test('a step goes into another body, with its comments', () => {
  const next = saved(text, (model) => {
    const steps = at(model, 'flows', 'pay', 'body', 'steps');
    const [one] = steps.splice(0, 1);
    at(steps, 0, 'body', 'steps').push(one as Plain);
  });
  expect(next.slice(next.indexOf('export const pay'), next.indexOf('export const order'))).toMatchInlineSnapshot(`
    "export const pay = flow('pay', { input: z.object({ id: z.string() }) }, (f) =>
    	f
    		.attempt(
    			'all',
    			(g) =>
    				g
    					/* wait */
    					.sleep('a', '1s')
    					// the money
    					.step('one', ({ input }) =>
    						charge({
    							id: input.id, // as it is
    						}),
    					) // one
    					.undo(({ input }) => charge(input)) // back
    					,
    			(g) => g.sleep('b', '2s'),
    		));
    "
  `);
});

test('a state goes into another, and out again', () => {
  const next = saved(text, (model) => {
    const states = at(model, 'machines', 'order', 'states');
    const [busy, shut] = [states[1] as Plain, states[2] as Plain];
    (busy['states'] as Plain).push(shut);
    states.splice(2, 1);
  });
  expect(next.slice(next.indexOf('export const order'))).toMatchInlineSnapshot(`
    "export const order = machine('order', { key: 'id', context: z.object({ n: z.number() }), events: { placed } }).states('open', {
      // begins
      open: {
        on: { placed: 'busy' }, // goes on
      }, // the first
      busy: {
        initial: 'deep',
        states: {
          /* far down */
          deep: { after: { '1h': 'shut' } }, // waits
          shut: { final: true },
        },
      },
    });
    "
  `);
  const again = saved(text, (model) => {
    const states = at(model, 'machines', 'order', 'states');
    const busy = states[1] as Plain;
    states.push((busy['states'] as Plain)[0] as Plain);
    Object.assign(busy, { type: 'atomic', states: [] });
    Reflect.deleteProperty(busy, 'initial');
  });
  expect(again.slice(again.indexOf('export const order'))).toMatchInlineSnapshot(`
    "export const order = machine('order', { key: 'id', context: z.object({ n: z.number() }), events: { placed } }).states('open', {
      // begins
      open: {
        on: { placed: 'busy' }, // goes on
      }, // the first
      busy: {},
      shut: { final: true },
      /* far down */
      deep: { after: { '1h': 'shut' } }, // waits
    });
    "
  `);
});

test('a state goes into one that had none', () => {
  const next = saved(text, (model) => {
    const states = at(model, 'machines', 'order', 'states');
    const [open, shut] = [states[0] as Plain, states[2] as Plain];
    states.splice(0, 1);
    Object.assign(shut, { type: 'compound', initial: ['open'], states: [open] });
  });
  expect(next.slice(next.indexOf('export const order'))).toMatchInlineSnapshot(`
    "export const order = machine('order', { key: 'id', context: z.object({ n: z.number() }), events: { placed } }).states(['open'], {
      busy: {
        initial: 'deep',
        states: {
          /* far down */
          deep: { after: { '1h': 'shut' } }, // waits
        },
      },
      shut: { initial: 'open', states: {
      	// the first
      	// begins
      	open: {
      	  on: { placed: 'busy' }, // goes on
      	},
      } },
    });
    "
  `);
});
