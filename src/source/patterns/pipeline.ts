import type { Pattern } from './pattern.ts';
import { flow, schemaOf, task } from './text.ts';

/** Stages in order: each gets what the one before it gave. */
export const pipeline: Pattern = {
  name: 'pipeline',
  summary: 'stages in order, each on what the one before it gave',
  parameters: [
    { key: 'name', is: { kind: 'name' }, what: 'the flow' },
    { key: 'stages', is: { kind: 'items', least: 1, names: ['run'] }, what: 'the stages; `run` is a task' },
    { key: 'data', is: { kind: 'type' }, what: 'the type of what is handed on', fallback: 'string' },
  ],
  definitions: (values) => {
    const name = values.name('name');
    const stages = values.items('stages');
    const data = `z.object({ data: ${schemaOf(values.type('data'))} })`;
    const from = (index: number): string => stages[index - 1]?.['id'] ?? 'input';
    const last = from(stages.length);
    const tasks = stages.map(({ id, run = '' }) =>
      task(run, `The stage '${id}' of ${name}.`, { input: data, output: data }),
    );
    const steps = stages.map(
      ({ id, run }, index) => `.step('${id}', ({ ${from(index)} }) => ${run}({ data: ${from(index)}.data }))`,
    );
    const whole = flow(name, 'Stage after stage; what is done is not done again after a crash.', {
      input: data,
      output: data,
      steps: [...steps, `.returns(({ ${last} }) => ({ data: ${last}.data }))`],
    });
    return [...tasks, whole];
  },
};
