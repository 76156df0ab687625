import { expect, it } from 'vitest';
import type { TaskNode } from '../../model/index.ts';
import { system, task } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { taskNeeds } from './rule.ts';

type Needs = NonNullable<TaskNode['needs']>;
const withNeeds = (needs: Needs) => system({ tasks: [task('t', { needs })] });

it.each<Needs>([
  {},
  { net: ['api.example.org', 'localhost:8080', '*.example.org:8443', '127.0.0.1:80', '[::1]:8080', 'db_1'] },
  { fs: ['out/**', 'prices.csv', '/var/log/*.log', '../shared/**'] },
  { env: ['API_KEY', '_x1'] },
])('is content with %j', (needs) => {
  expect(messages(taskNeeds, withNeeds(needs))).toEqual([]);
});

it.each<[Needs, string, string]>([
  [{ net: ['https://api.example.org:8443/v1'] }, 'is no host', "Write 'api.example.org:8443'."],
  [{ net: ['api.example.org/v1'] }, 'is no host', 'A host is written as'],
  [{ net: ['*'] }, 'is no host', 'A host is written as'],
  [{ net: [''] }, 'is no host', 'A host is written as'],
  [{ fs: ['out/'] }, 'is no pattern of files', "Write 'out/**'"],
  [{ fs: [''] }, 'is no pattern of files', 'Such as'],
  [{ env: ['API_KEY=1'] }, 'is not the name of a variable', 'nothing else'],
])('tells of %j', (needs, message, hint) => {
  const all = found(taskNeeds, withNeeds(needs));
  expect(all).toHaveLength(1);
  expect(all[0]?.message).toContain(message);
  expect(all[0]?.hint).toContain(hint);
  expect(all[0]?.path).toMatch(/^tasks\.t\.needs\.(net|fs|env)$/);
});
