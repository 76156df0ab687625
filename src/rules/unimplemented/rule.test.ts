import { expect, it } from 'vitest';
import { system, task } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { unimplemented } from './rule.ts';

const model = system({
  tasks: [task('chargeCard'), task('printLabel'), task('write', { model: { agent: 'a', prompt: 'x' } })],
});

it('says nothing when it is not known what is implemented', () => {
  expect(messages(unimplemented, model)).toEqual([]);
});

it('warns about tasks that neither code nor a model performs', () => {
  expect(found(unimplemented, model, { implemented: (name) => name === 'printLabel' })).toMatchObject([
    {
      message: "Task 'chargeCard' has no implementation.",
      path: 'tasks.chargeCard',
      hint: expect.stringContaining('tasks/charge-card.ts'),
    },
  ]);
});

it.each([
  ['undo-t', 'tasks/undo-t.ts', 'undoT'],
  ['mail.send', 'tasks/mail-send.ts', 'mailSend'],
  ['charge', 'tasks/charge.ts', 'charge'],
  ['delete', 'tasks/delete.ts', 'delete_'],
])('the hint for %s is TypeScript', (name, file, contract) => {
  const [finding] = found(unimplemented, system({ tasks: [task(name)] }), { implemented: () => false });
  expect(finding?.hint).toBe(
    `Write ${file}: export default implement(${contract}, async (input, ctx) => ...), with ${contract} imported from the generated contracts.ts. \`dsl compile --stubs\` begins the file, \`dsl gen-task\` has a model write it.`,
  );
});
