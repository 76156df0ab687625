import { expect, it } from 'vitest';
import { flow, system } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { schedules } from './rule.ts';

const scheduled = (cron: string, timeZone?: string) =>
  system({ flows: [flow('f', [], { schedule: { cron, ...(timeZone === undefined ? {} : { timeZone }) } })] });

it.each(['0 5 * * *', '*/15 9-17 * * MON-FRI', '0 0 1 JAN,JUL *', '0 0 L * *', '  5   4 * * 0 ', '0 0 29 2 *'])(
  'is content with %s',
  (cron) => {
    expect(messages(schedules, scheduled(cron, 'Europe/Berlin'))).toEqual([]);
  },
);

it.each<[string, string]>([
  ['* * * *', "'* * * *' has 4 fields, not 5."],
  ['0 0 5 * * *', "'0 0 5 * * *' has 6 fields, not 5."],
  ['@daily', "'@daily' has 1 field, not 5."],
  ['', "'' has 1 field, not 5."],
  ['61 * * * *', "'61 * * * *' cannot be read: Invalid value for minute: 61"],
  ['*/0 * * * *', "'*/0 * * * *' cannot be read: Syntax error, illegal stepping: 0"],
  ['0 0 30 2 *', "the time '0 0 30 2 *' never comes."],
])('refuses %s', (cron, problem) => {
  expect(messages(schedules, scheduled(cron))).toEqual([`Flow 'f' cannot start by its schedule: ${problem}`]);
});

it('refuses a time zone that is none, at its member', () => {
  expect(found(schedules, scheduled('0 5 * * *', 'Europe/Berln'))).toMatchObject([
    {
      message: "Flow 'f' cannot start by its schedule: there is no time zone 'Europe/Berln'.",
      path: 'flows.f.schedule.timeZone',
      context: { actual: 'Europe/Berln' },
    },
  ]);
});
