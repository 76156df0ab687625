import type {
  BodyNode,
  CallNode,
  FlowNode,
  MachineNode,
  StateNode,
  SystemModel,
  TaskNode,
} from '../../../model/index.ts';
import { visitStep } from '../../../model/visit/index.ts';
import type { Io } from '../../kit/io.ts';
import { shorten } from '../../kit/table.ts';

/** What a system declares, for people. */
export function printSummary(io: Io, model: SystemModel, hash: string): void {
  io.out(`${io.paint('bold', model.name)} ${model.version}  ${io.paint('dim', hash.slice(0, 12))}`);
  if (model.description !== undefined) io.out(model.description);
  io.out(io.paint('dim', model.files.join(', ')));
  const section = (title: string, lines: readonly string[]): void => {
    if (lines.length > 0) io.out(`\n${io.paint('bold', title)} (${lines.length})`);
    for (const line of lines) io.out(`  ${line}`);
  };
  section(
    'events',
    Object.values(model.events).map((event) => named(io, event)),
  );
  section(
    'tasks',
    Object.values(model.tasks).map((task) => `${named(io, task)}${policy(io, task)}`),
  );
  section(
    'agents',
    Object.values(model.agents).map((agent) => named(io, agent)),
  );
  section(
    'resources',
    Object.values(model.resources).map((resource) => named(io, resource)),
  );
  section(
    'flows',
    Object.values(model.flows).map((flow) => flowLines(io, flow)),
  );
  section(
    'machines',
    Object.values(model.machines).map((machine) => machineLines(io, machine)),
  );
}

function named(io: Io, node: { readonly name: string; readonly description?: string }): string {
  return node.description === undefined ? node.name : `${node.name}  ${io.paint('dim', shorten(node.description, 80))}`;
}

function policy(io: Io, task: TaskNode): string {
  const parts = [
    ...(task.retry === undefined ? [] : [`${task.retry.attempts} attempts`]),
    ...(task.timeout === undefined ? [] : [`timeout ${task.timeout}`]),
    ...(task.model === undefined ? [] : [`by ${task.model.agent}`]),
  ];
  return parts.length === 0 ? '' : `  ${io.paint('cyan', parts.join(', '))}`;
}

function flowLines(io: Io, flow: FlowNode): string {
  const starts = [
    ...(flow.on === undefined ? [] : [`on ${flow.on}`]),
    ...(flow.schedule === undefined ? [] : [flow.schedule.cron]),
    ...(flow.http === undefined ? [] : [flow.http]),
  ];
  const head = `${named(io, flow)}${starts.length === 0 ? '' : `  ${io.paint('cyan', starts.join(', '))}`}`;
  return [head, ...bodyLines(flow.body, 2)].join('\n  ');
}

function bodyLines(body: BodyNode, depth: number): string[] {
  return body.steps.flatMap((step) => {
    const indent = ' '.repeat(depth);
    const inner = (parts: readonly { readonly name: string; readonly body: BodyNode }[]): string[] =>
      parts.flatMap((part) => [`${indent}  ${part.name}:`, ...bodyLines(part.body, depth + 4)]);
    const call = ({ target }: CallNode): string => target.name;
    return visitStep<string[]>(step, '', {
      step: (node) => [
        `${indent}${node.id}: ${call(node.call)}${node.undo === undefined ? '' : `, undone by ${call(node.undo)}`}`,
      ],
      parallel: (node) => [`${indent}${node.id}: at the same time`, ...inner(node.bodies)],
      branch: (node) => [`${indent}${node.id}: one of`, ...inner(node.cases)],
      map: (node) => [`${indent}${node.id}: for each item`, ...bodyLines(node.body, depth + 2)],
      repeat: (node) => [`${indent}${node.id}: at most ${node.max} times`, ...bodyLines(node.body, depth + 2)],
      graph: (node) => [`${indent}${node.id}: ${node.nodes.map((each) => each.name).join(', ')}`],
      race: (node) => [`${indent}${node.id}: the first of`, ...inner(node.bodies)],
      attempt: (node) => [
        `${indent}${node.id}: attempt`,
        ...bodyLines(node.body, depth + 2),
        `${indent}  on failure:`,
        ...bodyLines(node.handler, depth + 4),
      ],
      waitFor: (node) => [
        `${indent}${node.id}: waits for ${node.event}${node.timeout === undefined ? '' : `, at most ${node.timeout}`}`,
      ],
      approve: (node) => [`${indent}${node.id}: a person decides`],
      sleep: (node) => [`${indent}${node.id}: sleeps${typeof node.time === 'string' ? ` ${node.time}` : ''}`],
      emit: (node) => [`${indent}${node.id}: emits ${call(node.call)}`],
      returns: (node) => [`${indent}returns ${shorten(node.value.lambda?.body ?? node.value.text, 60)}`],
    });
  });
}

function machineLines(io: Io, machine: MachineNode): string {
  const head = `${named(io, machine)}  ${io.paint('cyan', `by ${machine.key}`)}`;
  return [head, ...stateLines(machine.states, machine.initial, 2)].join('\n  ');
}

function stateLines(states: readonly StateNode[], initial: readonly string[], depth: number): string[] {
  return states.flatMap((state) => {
    const to = state.on.flatMap(({ event, transitions }) =>
      transitions.map(({ targets }) => `${event}${targets.length === 0 ? '' : ` → ${targets.join(' + ')}`}`),
    );
    const after = state.after.flatMap(({ delay, transitions }) =>
      transitions.map(
        ({ targets }) => `after ${typeof delay === 'string' ? delay : 'a time'} → ${targets.join(' + ')}`,
      ),
    );
    const runs = state.run.map(({ target }) => `runs ${target.name}`);
    const facts = [...(state.type === 'final' ? ['final'] : []), ...runs, ...to, ...after].join(', ');
    const start = initial.includes(state.name) ? '▸ ' : '  ';
    return [
      `${' '.repeat(depth)}${start}${state.name}${facts === '' ? '' : `: ${facts}`}`,
      ...stateLines(state.states, state.initial ?? [], depth + 2),
    ];
  });
}
