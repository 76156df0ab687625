import { afterAll, expect, test } from 'vitest';
import { orders } from './fixtures/orders.ts';
import { Project } from './fixtures/project.ts';

const project = new Project();
afterAll(() => project.dispose());

test('the orders system passes the strictest tsconfig', () => {
  expect(project.compile(orders()).diagnostics).toEqual([]);
  expect(project.check()).toBe('');
});

test('a task without code, and a task with the wrong code, are type errors of index.ts', () => {
  project.write(
    'src/tasks/charge-card.ts',
    `import { implement } from 'millrace/tasks';
import { refundPayment } from '../../generated/orders/contracts.ts';
export default implement(refundPayment, () => ({ refundId: 'r1' }));
`,
  );
  expect(project.check()).toMatch(/generated\/orders\/index\.ts.*charge/);
});
