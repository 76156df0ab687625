/** A system as a person sees it at a glance. */
import type { MachineNode, StateNode, StepNode, SystemModel, TransitionNode } from 'millrace/model';

/** What a system declares, in one line. */
export function declared({ name, version, events, tasks, flows, machines }: SystemModel): string {
  const count = (map: object, what: string): string =>
    `${Object.keys(map).length} ${what}${Object.keys(map).length === 1 ? '' : 's'}`;
  return `system ${name} ${version}: ${[count(events, 'event'), count(tasks, 'task'), count(flows, 'flow'), count(machines, 'machine')].join(', ')}`;
}

/** The states of a machine, indented, with what leads out of each. */
export function picture(machine: MachineNode): readonly string[] {
  return machine.states.flatMap((state) => pictureOf(state, 0));
}

function pictureOf(state: StateNode, depth: number): readonly string[] {
  const ways = [
    ...state.on.flatMap(({ event, transitions }) => arrows(event, transitions)),
    ...state.run.flatMap(({ target, onDone, onError }) => [
      `runs ${target.name}:`,
      ...arrows('done', onDone),
      ...arrows('error', onError),
    ]),
    ...state.after.flatMap(({ delay, transitions }) =>
      arrows(`after ${typeof delay === 'string' ? delay : '…'}`, transitions),
    ),
  ];
  const mark = state.type === 'final' ? '◉' : '○';
  const head = `${'   '.repeat(depth)}${mark} ${state.name}`;
  return [
    ways.length === 0 ? head : `${head.padEnd(18)} ${ways.join('  ')}`,
    ...state.states.flatMap((inner) => pictureOf(inner, depth + 1)),
  ];
}

function arrows(label: string, transitions: readonly TransitionNode[]): readonly string[] {
  const targets = [...new Set(transitions.map(({ targets }) => (targets.length === 0 ? 'stay' : targets.join('+'))))];
  return targets.length === 0 ? [] : [`${label} ▸ ${targets.join(' or ')}`];
}

/** The steps of a flow, in order: `risk → review(low | high) → payment↩ → …` */
export function stepsOf(steps: readonly StepNode[]): string {
  return steps.flatMap((step) => describe(step) ?? []).join(' → ');
}

function describe(step: StepNode): string | undefined {
  switch (step.kind) {
    case 'step':
      return `${step.id}${step.undo === undefined ? '' : '↩'}`;
    case 'parallel':
    case 'race':
      return `{ ${step.bodies.map(({ body }) => stepsOf(body.steps)).join(step.kind === 'race' ? ' | ' : ' ∥ ')} }`;
    case 'branch': {
      const cases = step.cases.map(({ name, body }) => ({ name, inner: stepsOf(body.steps) }));
      return `${step.id}(${cases.map(({ name, inner }) => (inner === '' ? name : `${name}: ${inner}`)).join(' | ')})`;
    }
    case 'map':
      return `each ${stepsOf(step.body.steps)}`;
    case 'repeat':
      return `again ${stepsOf(step.body.steps)}`;
    case 'attempt':
      return `try ${stepsOf(step.body.steps)}`;
    case 'waitFor':
      return `⏳${step.event}`;
    case 'sleep':
      return `⏳${typeof step.time === 'string' ? step.time : step.id}`;
    case 'emit':
      return `!${step.call.target.name}`;
    case 'graph':
    case 'approve':
      return step.id;
    case 'returns':
      return undefined;
  }
}
