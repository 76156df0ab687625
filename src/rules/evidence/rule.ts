import { milliseconds } from '../../core/index.ts';
import type { TaskNode } from '../../model/index.ts';
import type { Finding, Rule } from '../rule.ts';

/** What proves a task, or tells that it is alive, can hold. */
export const evidence: Rule = {
  code: 'MR1226',
  name: 'evidence',
  severity: 'error',
  alsoWarns: true,
  check(model, report) {
    for (const task of Object.values(model.tasks)) {
      for (const { member, message, hint, severity } of problemsOf(task)) {
        report({
          ...(severity === undefined ? {} : { severity }),
          message: `${message} (task '${task.name}')`,
          hint,
          path: `tasks.${task.name}.${member}`,
          location: task.location,
          context: { ids: [task.name] },
        } satisfies Finding);
      }
    }
  },
};

interface Problem {
  readonly member: 'evidence' | 'evidenceRule' | 'heartbeat' | 'totalTimeout';
  readonly message: string;
  readonly hint: string;
  readonly severity?: 'warning';
}

function* problemsOf(task: TaskNode): Generator<Problem> {
  const { evidence: claims, evidenceRule, heartbeat, totalTimeout, timeout } = task;
  if (claims?.length === 0)
    yield {
      member: 'evidence',
      message: '`evidence` without a claim proves nothing: no attempt could ever succeed.',
      hint: 'Add a claim, or take `evidence` away.',
    };
  if (evidenceRule !== undefined && claims === undefined)
    yield {
      member: 'evidenceRule',
      message: '`evidenceRule` says how many claims must hold, and there is none.',
      hint: 'Add `evidence`, or take `evidenceRule` away.',
      severity: 'warning',
    };
  if (evidenceRule !== undefined && claims !== undefined && evidenceRule.atLeast > claims.length && claims.length > 0)
    yield {
      member: 'evidenceRule',
      message: `${evidenceRule.atLeast} claims must hold, and there ${claims.length === 1 ? 'is' : 'are'} only ${claims.length}.`,
      hint: 'Lower `atLeast`, or leave `evidenceRule` out: then all of them must hold.',
    };
  const attempt = timeout ?? '30s';
  if (heartbeat !== undefined && milliseconds(heartbeat) >= milliseconds(attempt))
    yield {
      member: 'heartbeat',
      message: `A silence of ${heartbeat} is never reached: an attempt ends after ${attempt}.`,
      hint: 'Declare a shorter `heartbeat` or a longer `timeout`.',
      severity: 'warning',
    };
  if (totalTimeout !== undefined && timeout !== undefined && milliseconds(totalTimeout) < milliseconds(timeout))
    yield {
      member: 'totalTimeout',
      message: `All attempts together may take ${totalTimeout}, and one of them ${timeout}.`,
      hint: 'Declare a `totalTimeout` that is longer than `timeout`.',
      severity: 'warning',
    };
}
