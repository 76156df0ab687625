import { expect, it } from 'vitest';
import { machine, state, system, task } from '../../model/fixtures/nodes.ts';
import { found } from '../fixtures/found.ts';
import { sizes } from './rule.ts';

const location = task('a').location;
const context = (members: readonly string[]) => ({ kind: 'context', name: 'sales', members, location }) as const;

it('is content with a context of one and a machine of two', () => {
  const machines = [machine('m', [state('a'), state('b')]), machine('n', [state('a', { states: [state('b')] })])];
  expect(found(sizes, system({ contexts: [context(['m'])], machines }))).toEqual([]);
});

it('warns of an empty context, and advises on a machine of one state', () => {
  const findings = found(sizes, system({ contexts: [context([])], machines: [machine('m', [state('a')])] }));
  expect(findings.map(({ message, severity }) => [severity, message])).toEqual([
    [undefined, "Context 'sales' has no members."],
    ['info', "Machine 'm' has only one state."],
  ]);
});
