import type { MachineNode } from '../../model/index.ts';
import { visitActions, visitStates } from '../../model/visit/index.ts';
import { chartOf, type Chart } from '../kit/chart.ts';
import { list, unknownName } from '../kit/words.ts';
import type { Finding, Rule } from '../rule.ts';

/** A machine reacts to, is created by and raises the events that it lists, each once. */
export const aliases: Rule = {
  code: 'MR1311',
  name: 'aliases',
  severity: 'error',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      checkLists(machine, report);
      checkDescriptors(machine, report);
      checkRaised(machine, report);
      checkRuns(machine, report);
    }
  },
};

function checkLists(machine: MachineNode, report: (finding: Finding) => void): void {
  const { location } = machine;
  for (const member of ['events', 'flows', 'tasks', 'machines'] as const) {
    for (const [index, { alias, name }] of machine[member].entries()) {
      const path = `machines.${machine.name}.${member}.${alias}`;
      const earlier = machine[member].slice(0, index);
      if (earlier.some((other) => other.alias === alias)) {
        report({
          message: `Machine '${machine.name}' lists '${alias}' twice in '${member}'.`,
          path,
          location,
          context: { ids: [alias] },
        });
      } else if (member === 'events' && earlier.some((other) => other.name === name)) {
        report({
          message: `Machine '${machine.name}' lists the event '${name}' under two names.`,
          path,
          location,
          context: { ids: [name] },
        });
      }
    }
  }
  const known = machine.events.map(({ alias }) => alias);
  for (const event of machine.creates) {
    if (known.includes(event)) continue;
    const message = `'creates' of machine '${machine.name}' names '${event}', which is not among its events.`;
    report({ message, ...unknownName(event, known, 'event'), path: `machines.${machine.name}.creates`, location });
  }
}

function checkDescriptors(machine: MachineNode, report: (finding: Finding) => void): void {
  const chart = chartOf(machine);
  const known = machine.events.map(({ alias }) => alias);
  visitStates(machine, (state) => {
    for (const { event, location } of state.on) {
      if (isHeard(chart, event, known)) continue;
      report({
        message: `State '${state.name}' of machine '${machine.name}' reacts to '${event}', which is not among the machine's events.`,
        ...unheard(machine, event, known),
        path: `${chart.path(state)}.on.${event}`,
        location,
      });
    }
  });
}

/** What to say about a descriptor that covers none of the names in `events`. */
function unheard(machine: MachineNode, event: string, known: readonly string[]): ReturnType<typeof unknownName> {
  const said = unknownName(event, known, 'event');
  const prefix = event.endsWith('.*') ? event.slice(0, -2) : undefined;
  const own = machine.events.filter(({ alias, name }) =>
    prefix === undefined ? name === event : name === prefix || (name !== alias && name.startsWith(`${prefix}.`)),
  );
  if (own.length === 0) return said;
  const names = list(own.map(({ alias }) => alias));
  return {
    ...said,
    hint: `\`on\` goes by the names in \`events\`, not by those of the events: here ${names}. ${said.hint}`,
  };
}

/** Can an event come that the descriptor covers: one of the machine's own, or of those that every machine has? */
function isHeard(chart: Chart, descriptor: string, known: readonly string[]): boolean {
  if (
    descriptor === '*' ||
    known.includes(descriptor) ||
    /^(?:error\.(?:execution|communication)|error|done)(?:\.\*)?$/.test(descriptor)
  )
    return true;
  if (/^(?:done|error)\.(?:run|state)\.\*$/.test(descriptor)) return true;
  const [, about, id = ''] = /^(?:done|error)\.(run|state)\.(.+)$/.exec(descriptor) ?? [];
  if (about === 'state') return chart.states.has(id);
  if (about === 'run') return [...chart.states.values()].some(({ run }) => run.some((each) => each.id === id));
  const prefix = descriptor.endsWith('.*') ? descriptor.slice(0, -2) : undefined;
  return prefix !== undefined && known.some((name) => name === prefix || name.startsWith(`${prefix}.`));
}

function checkRaised(machine: MachineNode, report: (finding: Finding) => void): void {
  const known = machine.events.map(({ name }) => name);
  visitStates(machine, (state) => {
    visitActions(state, (action, path) => {
      if (action.kind !== 'raise' || known.includes(action.call.target.name)) return;
      const { name } = action.call.target;
      report({
        message: `State '${state.name}' of machine '${machine.name}' raises '${name}', to which the machine cannot react.`,
        hint: 'Add it to the events of the machine. To tell others, use emit.',
        path: `${chartOf(machine).path(state)}.${path}`,
        location: action.location,
        context: { actual: name, ids: [name] },
      });
    });
  });
}

const members = { flow: 'flows', task: 'tasks', machine: 'machines' } as const;

/** What a state runs is among the flows, tasks or machines that the head lists. */
function checkRuns(machine: MachineNode, report: (finding: Finding) => void): void {
  visitStates(machine, (state) => {
    for (const { id, target, location } of state.run) {
      const listed = machine[members[target.kind]];
      if (listed.some(({ name }) => name === target.name)) continue;
      const known = listed.map(({ alias }) => alias);
      const member = members[target.kind];
      report({
        message: `State '${state.name}' of machine '${machine.name}' runs the ${target.kind} '${target.name}', which is not among its '${member}'.`,
        ...unknownName(target.name, known, target.kind),
        path: `${chartOf(machine).path(state)}.run.${id}`,
        location,
      });
    }
  });
}
