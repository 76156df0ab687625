import type { InstanceRow } from '../../store/index.ts';
import { isOver } from './runs.ts';
import type { Findings } from './violation.ts';

/** Instances: their histories, and what works and waits for them. */
export function checkInstances(findings: Findings): void {
  const { tables } = findings;
  for (const machine of tables.instances.machines())
    for (const row of tables.instances.list({ machine })) checkInstance(findings, row);
}

function checkInstance({ tables, found, json }: Findings, row: InstanceRow): void {
  const at = `instance ${row.machine} ${row.id}`;
  json(at, 'snapshot', row.snapshot);
  json(at, 'input', row.input);
  const history = tables.instances.history(row.machine, row.id, {}).map(({ seq }) => seq);
  if (history[0] !== row.seq)
    found('instance', at, `its newest change is ${row.seq}, its history has ${String(history[0])}`);
  if (history.some((seq, index) => seq !== row.seq - index)) found('instance', at, 'its history has gaps');
  const timers = tables.timers.upTo(1, `machine ${row.machine}`, row.id);
  const runs = tables.runs.working(row.machine, row.id);
  const children = tables.instances.children(row.machine, row.id).filter(({ status }) => status === 'active');
  if ((row.status !== 'active' || !row.armed) && timers + runs.length + children.length > 0)
    found('instance', at, `it is ${row.status}${row.armed ? '' : ' and without work'}, but has timers or work`);
  for (const run of runs)
    if (isOver(run)) found('instance', at, `it waits for run '${run.id}', which is ${run.status}`);
  if (row.status === 'active' && row.parentMachine !== null && row.parentInstance !== null) {
    const parent = tables.instances.get(row.parentMachine, row.parentInstance);
    if (parent?.status !== 'active')
      found(
        'instance',
        at,
        `it works for ${row.parentMachine} ${row.parentInstance}, which is ${parent?.status ?? 'not there'}`,
      );
  }
}
