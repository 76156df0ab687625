import { expect, test } from 'vitest';
import { project } from '../fixtures/project.ts';
import { planChain } from './chain.ts';
import { loadSteps } from './load.ts';
import { openQuestions } from './questions.ts';

test('every placeholder with its question and its place, in the direction that is taken', async () => {
  using it = project({
    'migrations/a.ts': `import { migration, placeholder } from 'millrace/migrate';
// placeholder('Where to?') is not meant here
export default migration({
  from: '1.0.0',
  to: '2.0.0',
  instances: {
    order: { states: { a: placeholder('Where to?'), b: 'c', d: placeholder("Where to?") }, context: placeholder(
      'It\\'s narrower // is it?',
    ) },
  },
  runs: { pay: placeholder(\`And runs?\`) },
  down: { events: { paid: { payload: placeholder('Back?') } } },
});
`,
  });
  const { files } = await loadSteps(it.entry, it.root);
  const told = (from: string, to: string) =>
    openQuestions(planChain({ files, from, to, allowDowngrade: true, file: 'x' }).steps, it.root).map(
      ({ code, file, line, column, message }) => `${code} ${file}:${line}:${column} ${message}`,
    );
  expect(told('1.0.0', '2.0.0')).toEqual([
    "MR1818 migrations/a.ts:7:27 A decision is missing at 'instances.order.states.a': Where to?",
    "MR1818 migrations/a.ts:7:64 A decision is missing at 'instances.order.states.d': Where to?",
    "MR1818 migrations/a.ts:7:101 A decision is missing at 'instances.order.context': It's narrower // is it?",
    "MR1818 migrations/a.ts:11:16 A decision is missing at 'runs.pay': And runs?",
  ]);
  expect(told('2.0.0', '1.0.0')).toEqual([
    "MR1818 migrations/a.ts:12:38 A decision is missing at 'events.paid.payload': Back?",
  ]);
});
