import type { Pattern } from './pattern.ts';
import { flow, objectOf, task } from './text.ts';

/** Steps that each have an undo: when one fails, those before it are undone, newest first. */
export const saga: Pattern = {
  name: 'saga',
  summary: 'steps that are undone, newest first, when a later one fails',
  parameters: [
    { key: 'name', is: { kind: 'name' }, what: 'the flow' },
    {
      key: 'steps',
      is: { kind: 'items', least: 1, names: ['do', 'undo'] },
      what: 'the steps; `do` and `undo` are tasks',
    },
    { key: 'input', is: { kind: 'fields' }, what: 'what the flow and every `do` gets', fallback: { id: 'string' } },
  ],
  definitions: (values) => {
    const name = values.name('name');
    const steps = values.items('steps');
    const input = objectOf(values.fields('input'));
    const reference = 'z.object({ reference: z.string() })';
    const tasks = steps.flatMap(({ id, do: act = '', undo = '' }) => [
      task(act, `Does the step '${id}' of ${name}.`, { input, output: reference }),
      task(undo, `Undoes what ${act} did. It must not give up easily.`, {
        input: reference,
        output: 'z.void()',
        attempts: 10,
      }),
    ]);
    const ids = steps.map(({ id = '' }) => id);
    const whole = flow(name, 'All of it, or nothing: when a step fails, those before it are undone, newest first.', {
      input,
      output: objectOf(Object.fromEntries(ids.map((id) => [id, 'string']))),
      steps: [
        ...steps.flatMap(({ id, do: act, undo }) => [
          `.step('${id}', ({ input }) => ${act}(input))`,
          `.undo(({ ${id} }) => ${undo}({ reference: ${id}.reference }))`,
        ]),
        `.returns(({ ${ids.join(', ')} }) => ({ ${ids.map((id) => `${id}: ${id}.reference`).join(', ')} }))`,
      ],
    });
    return [...tasks, whole];
  },
};
