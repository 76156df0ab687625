import { milliseconds } from '../../core/index.ts';
import type { RateLimit, TaskNode } from '../../model/index.ts';
import type { Finding, Rule } from '../rule.ts';

/** The limits of a task can be kept, and each of them holds something back. */
export const limits: Rule = {
  code: 'MR1225',
  name: 'limits',
  severity: 'error',
  alsoWarns: true,
  check(model, report) {
    for (const task of Object.values(model.tasks)) {
      const say = (member: string, message: string, hint: string, severity?: 'warning'): void =>
        report({
          ...(severity === undefined ? {} : { severity }),
          message: `${message} (task '${task.name}')`,
          hint,
          path: `tasks.${task.name}.${member}`,
          location: task.location,
          context: { ids: [task.name] },
        } satisfies Finding);
      checkBreaker(task, say);
      checkRates(task, say);
      const { queue, concurrency, rateLimit, breaker } = task;
      if (queue !== undefined && concurrency === undefined && rateLimit === undefined && breaker === undefined) {
        const hint = 'Give the task a `concurrency` or a `rateLimit`, or take `queue` away.';
        say('queue', '`queue` says how many attempts may wait, but nothing makes them wait.', hint, 'warning');
      }
    }
  },
};

type Say = (member: string, message: string, hint: string, severity?: 'warning') => void;

const never = 'Nothing can be counted in no time, and nothing waits for it.';

function checkBreaker({ breaker }: TaskNode, say: Say): void {
  if (breaker === undefined) return;
  if (breaker.rate !== undefined && breaker.per === undefined) {
    const hint = "Add `per`, the time within which the failed share is counted: `per: '1m'`.";
    say('breaker.rate', '`breaker.rate` is a share of what ended within `per`, and there is no `per`.', hint);
  }
  for (const member of ['per', 'reset'] as const) {
    if (breaker[member] !== undefined && milliseconds(breaker[member]) === 0)
      say(`breaker.${member}`, `\`breaker.${member}\` is no time at all.`, never);
  }
}

function checkRates({ rateLimit = [] }: TaskNode, say: Say): void {
  const all = 'limit' in rateLimit ? [rateLimit] : rateLimit;
  for (const [index, one] of all.entries()) {
    const member = 'limit' in rateLimit ? 'rateLimit' : `rateLimit.${index}`;
    if (milliseconds(one.per) === 0) say(`${member}.per`, '`rateLimit.per` is no time at all.', never);
    const other = all.find((each, at) => at !== index && implies(each, one) && (!implies(one, each) || at < index));
    if (other === undefined) continue;
    const message = `The limit of ${text(one)} never holds anything back: that of ${text(other)} does so before.`;
    say(member, message, 'Take it away, or change one of the two.', 'warning');
  }
}

/** Whoever keeps the first keeps the second, too. */
function implies(one: RateLimit, other: RateLimit): boolean {
  return one.limit <= other.limit && milliseconds(one.per) >= milliseconds(other.per);
}

function text({ limit, per }: RateLimit): string {
  return `${limit} per ${per}`;
}
