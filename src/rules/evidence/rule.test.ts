import { expect, it } from 'vitest';
import type { TaskNode } from '../../model/index.ts';
import { system, task } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { evidence } from './rule.ts';

const withTask = (more: Partial<TaskNode>) => system({ tasks: [task('t', more)] });
const claim = { kind: 'exitCode', options: { actual: 0 } } as const;

it.each<Partial<TaskNode>>([
  {},
  { evidence: [claim] },
  { evidence: [claim, claim], evidenceRule: { atLeast: 2 } },
  { heartbeat: '10s' },
  { heartbeat: '10m', timeout: '1h' },
  { totalTimeout: '1m' },
  { totalTimeout: '30s', timeout: '30s' },
])('is content with %j', (more) => {
  expect(messages(evidence, withTask(more))).toEqual([]);
});

it.each<[Partial<TaskNode>, string, 'error' | 'warning']>([
  [{ evidence: [] }, '`evidence` without a claim proves nothing', 'error'],
  [{ evidence: [], evidenceRule: { atLeast: 1 } }, '`evidence` without a claim proves nothing', 'error'],
  [{ evidence: [claim], evidenceRule: { atLeast: 2 } }, '2 claims must hold, and there is only 1.', 'error'],
  [{ evidenceRule: { atLeast: 1 } }, '`evidenceRule` says how many', 'warning'],
  [{ heartbeat: '30s' }, 'A silence of 30s is never reached: an attempt ends after 30s.', 'warning'],
  [{ heartbeat: '2m', timeout: '1m' }, 'A silence of 2m is never reached', 'warning'],
  [{ totalTimeout: '1m', timeout: '2m' }, 'All attempts together may take 1m, and one of them 2m.', 'warning'],
])('tells of %j', (more, message, severity) => {
  const all = found(evidence, withTask(more));
  expect(all).toHaveLength(1);
  expect(all[0]).toMatchObject(severity === 'error' ? {} : { severity });
  expect(all[0]?.message).toContain(message);
});
