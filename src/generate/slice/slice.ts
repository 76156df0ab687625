import type { ContextItem } from '../../llm/index.ts';
import { usedNames, visitStates, type StateNode, type SystemModel } from '../../model/index.ts';
import type { Subject } from '../contract.ts';
import type { Places } from '../options.ts';
import { callsOf, neighboursOf } from './graph.ts';
import { printEvent, printExamples, printHints, printLocals, printTask } from './print.ts';
import { sourceTexts } from './sources.ts';
import { styleExamples } from './style.ts';

/** What weighs how much when there is no room for all. */
export const weights: Readonly<Record<string, number>> = { flow: 1, task: 0.9, style: 0.8, machine: 0.7, event: 0.6 };

/**
 * What of the system and of the project somebody needs to know who writes one task: its contract and what that reaches
 * (which has to be there), and what is around it along the edges of the model (as far as there is room). The same
 * model and files give the same items.
 */
export function sliceOf(subject: Subject, places: Places): readonly ContextItem[] {
  const { system, task } = subject;
  const near = neighboursOf(system, task.name);
  const textOf = sourceTexts(places.sourcePath);
  const items: ContextItem[] = [];
  const pin = (kind: string, text: string | undefined): void => {
    if (text !== undefined && text !== '') items.push({ id: kind, kind, text, pinned: true });
  };
  pin('contract', printTask(task));
  pin('schemas', printLocals(system, usedNames(system, task)));
  pin('hints', printHints(task));
  pin('examples', printExamples(task));
  pin('resources', printResources(system, task.needs?.resources ?? []));

  for (const name of near.flows) {
    const flow = system.flows[name]!;
    const chain = callsOf(system, name).map((call) => call.name);
    const signature = `flow ${name}: ${chain.join(', ')}`;
    items.push({ id: `flow ${name}`, kind: 'flow', text: textOf(flow.location) ?? signature, signature, distance: 1 });
  }
  for (const name of near.tasks) {
    const node = system.tasks[name]!;
    const locals = printLocals(system, usedNames(system, node));
    const text = [locals, printTask(node)].filter((part) => part !== '').join('\n');
    const signature = `task ${name}${node.description === undefined ? '' : `: ${node.description}`}`;
    items.push({ id: `task ${name}`, kind: 'task', text, signature, distance: 1 });
  }
  for (const { machine, state, runs } of near.states) {
    const node = stateOf(system, machine, state);
    const signature = `In the machine '${machine}' the state '${state}' runs '${runs}'.`;
    const text = node === undefined ? undefined : textOf(node.location);
    items.push({
      id: `machine ${machine} ${state}`,
      kind: 'machine',
      text: text === undefined ? signature : `${signature}\n${text}`,
      signature,
      distance: 2,
    });
  }
  for (const [name, event] of Object.entries(system.events)) {
    const distance = near.events.includes(name) ? 1 : 3;
    items.push({ id: `event ${name}`, kind: 'event', text: printEvent(event), signature: `event ${name}`, distance });
  }
  for (const { task: name, code, distance } of styleExamples(system, task.name, near.tasks, places)) {
    items.push({ id: `style ${name}`, kind: 'style', text: code, distance });
  }
  return items;
}

function stateOf(system: SystemModel, machine: string, path: string): StateNode | undefined {
  let found: StateNode | undefined;
  visitStates(system.machines[machine]!, (state, place) => {
    if (place.path === path) found = state;
  });
  return found;
}

function printResources(system: SystemModel, names: readonly string[]): string | undefined {
  const lines = names.flatMap((name) => {
    const node = Object.hasOwn(system.resources, name) ? system.resources[name] : undefined;
    if (node === undefined) return [];
    const { type, description, env = [], options = {} } = node;
    const secrets = env.length === 0 ? '' : `, env: ${env.join(', ')}`;
    return [`${name} (${type}${secrets}): ${description ?? ''} ${JSON.stringify(options)}`];
  });
  return lines.length === 0 ? undefined : lines.join('\n');
}
