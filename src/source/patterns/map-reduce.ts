import type { Pattern } from './pattern.ts';
import { flow, schemaOf, task } from './text.ts';

/** Every item by itself, a few at a time; then all results together. */
export const mapReduce: Pattern = {
  name: 'map-reduce',
  summary: 'a task for every item, a few at a time, and one for all their results',
  parameters: [
    { key: 'name', is: { kind: 'name' }, what: 'the flow' },
    { key: 'map', is: { kind: 'name' }, what: 'the task for each item' },
    { key: 'reduce', is: { kind: 'name' }, what: 'the task for all results' },
    { key: 'item', is: { kind: 'type' }, what: 'the type of an item', fallback: 'string' },
    { key: 'value', is: { kind: 'type' }, what: 'the type of a result', fallback: 'number' },
    { key: 'concurrency', is: { kind: 'count', least: 1 }, what: 'how many items at a time', fallback: 4 },
  ],
  definitions: (values) => {
    const [name, map, reduce] = [values.name('name'), values.name('map'), values.name('reduce')];
    const item = schemaOf(values.type('item'));
    const value = schemaOf(values.type('value'));
    const steps = [
      `.map('parts', ({ input }) => input.items, (f) => f.step('part', ({ item }) => ${map}({ item })), {`,
      `  concurrency: ${values.count('concurrency')},`,
      '})',
      `.step('total', ({ parts }) => ${reduce}({ values: parts.map(({ value }) => value) }))`,
      '.returns(({ total }) => ({ value: total.value }))',
    ];
    return [
      task(map, `One item of ${name}.`, {
        input: `z.object({ item: ${item} })`,
        output: `z.object({ value: ${value} })`,
      }),
      task(reduce, `Makes one of all results of ${map}, which come in the order of the items.`, {
        input: `z.object({ values: z.array(${value}) })`,
        output: `z.object({ value: ${value} })`,
      }),
      flow(name, 'Every item by itself, a few at a time; then all results together.', {
        input: `z.object({ items: z.array(${item}) })`,
        output: `z.object({ value: ${value} })`,
        steps,
      }),
    ];
  },
};
