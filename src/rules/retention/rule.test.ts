import { expect, it } from 'vitest';
import { machine, system } from '../../model/fixtures/nodes.ts';
import type { SystemModel } from '../../model/index.ts';
import { found, messages } from '../fixtures/found.ts';
import { retention } from './rule.ts';

const keeps = (given: SystemModel['retention']): SystemModel =>
  system({ machines: [machine('order', [])], ...(given === undefined ? {} : { retention: given }) });

it('is content with every limit that there is', () => {
  expect(messages(retention, keeps(undefined))).toEqual([]);
  const all = {
    runs: { keep: 1000, maxAge: '90d', maxSize: '500mb' },
    events: { keep: 10, maxAge: '7d' },
    history: { keep: 50, machines: { order: { maxAge: '1d' } } },
    inbox: { maxAge: '1d' },
    ledger: { maxAge: '30d' },
  };
  expect(messages(retention, keeps(all))).toEqual([]);
  expect(messages(retention, keeps({ runs: { maxSize: 4096 } }))).toEqual([]);
});

it.each<[NonNullable<SystemModel['retention']>, string]>([
  [{ history: { keep: 0 } }, "'retention.history.keep': expected a whole number from 1 on."],
  [{ runs: { keep: 1.5 } }, "'retention.runs.keep': expected a whole number from 0 on."],
  [{ events: { maxAge: '3 days' } }, "'retention.events.maxAge': expected a duration such as '90d'."],
  [{ runs: { maxSize: 'much' } }, "'retention.runs.maxSize': expected a number of bytes, or a text such as '500mb'."],
  [{ inbox: { keep: 1 } }, "'retention.inbox' has no 'keep'."],
  [{ checkpoints: {} }, "'retention' has no 'checkpoints'."],
  [{ history: { machines: { ordr: {} } } }, "'retention.history.machines' has no 'ordr'."],
])('refuses %j', (given, message) => {
  expect(messages(retention, keeps(given))).toEqual([message]);
});

it('knows what was meant', () => {
  expect(found(retention, keeps({ runs: { age: '3d', count: 4 }, history: { machines: { ordr: {} } } }))).toMatchObject(
    [
      { path: 'retention.runs.age', hint: "Did you mean 'maxAge'?" },
      { path: 'retention.runs.count', hint: "Did you mean 'keep'?" },
      { path: 'retention.history.machines.ordr', hint: "Did you mean 'order'? Known machines: 'order'." },
    ],
  );
});
