import type { TimerRow } from '../../store/index.ts';
import { isOver } from './runs.ts';
import type { Findings } from './violation.ts';

/** Timers that would ring for nobody. */
export function checkTimers(findings: Findings): void {
  const { tables, json } = findings;
  for (const timer of tables.timers.due(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) {
    json(`timer ${timer.key}`, 'data', timer.data);
    if (timer.kind === 'machine') checkInstance(findings, timer);
    else if (timer.kind !== 'schedule') checkRun(findings, timer);
  }
  for (const timer of tables.timers.parked(Number.MAX_SAFE_INTEGER)) json(`timer ${timer.key}`, 'data', timer.data);
}

function checkInstance({ tables, found }: Findings, { key, target, part }: TimerRow): void {
  const machine = target.slice(target.indexOf(' ') + 1);
  const instance = tables.instances.get(machine, part);
  if (instance?.status !== 'active')
    found(
      'timer',
      `instance ${machine} ${part}`,
      `timer '${key}' is for one that is ${instance?.status ?? 'not there'}`,
    );
}

function checkRun({ tables, found }: Findings, { key, kind, target, part }: TimerRow): void {
  const run = tables.runs.get(target);
  if (run === undefined || isOver(run))
    return found('timer', `run ${target}`, `timer '${key}' is for one that is ${run?.status ?? 'not there'}`);
  if (kind === 'wait' && tables.waits.get(target, part) === undefined)
    found('timer', `run ${target}`, `timer '${key}' ends a wait that is not there`);
}
