import { Cron } from 'croner';
import { messageOf } from '../../core/index.ts';
import type { FlowNode } from '../../model/index.ts';
import type { Rule } from '../rule.ts';

/** The schedule of a flow is one that can be read, and that comes. */
export const schedules: Rule = {
  code: 'MR1341',
  name: 'schedules',
  severity: 'error',
  check(model, report) {
    for (const { name, schedule, location } of Object.values(model.flows)) {
      const problem = schedule === undefined ? undefined : problemOf(schedule);
      if (problem === undefined) continue;
      report({
        message: `Flow '${name}' cannot start by its schedule: ${problem.message}`,
        hint: problem.hint,
        path: `flows.${name}.schedule.${problem.member}`,
        location,
        context: { actual: schedule?.[problem.member] ?? '', ids: [name] },
      });
    }
  },
};

function problemOf({
  cron,
  timeZone = 'UTC',
}: NonNullable<FlowNode['schedule']>):
  | { readonly member: 'cron' | 'timeZone'; readonly message: string; readonly hint: string }
  | undefined {
  if (!isZone(timeZone)) {
    return {
      member: 'timeZone',
      message: `there is no time zone '${timeZone}'.`,
      hint: "Give it by its IANA name, such as 'Europe/Berlin' or 'UTC'.",
    };
  }
  const hint = "Write five fields: minute, hour, day of the month, month, day of the week, such as '0 5 * * MON-FRI'.";
  const fields = cron.trim().split(/\s+/).length;
  if (cron.trim().startsWith('@') || fields !== 5)
    return { member: 'cron', message: `'${cron}' has ${fields} field${fields === 1 ? '' : 's'}, not 5.`, hint };
  try {
    const next = new Cron(cron, { paused: true, mode: '5-part' }).nextRun(new Date(0));
    return next === null ? { member: 'cron', message: `the time '${cron}' never comes.`, hint } : undefined;
  } catch (thrown) {
    return {
      member: 'cron',
      message: `'${cron}' cannot be read: ${messageOf(thrown).replace(/^CronPattern: /, '')}`,
      hint,
    };
  }
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
