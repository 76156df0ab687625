import { visitStates, visitSteps, type SystemModel } from '../model/index.ts';
import type { Entity } from '../source/places/entity.ts';
import { stateOf, stepOf } from './nodes.ts';

/** What a hover links to: addresses. */
export interface HoverLinks {
  readonly declaration?: string;
  readonly picture?: string;
  readonly implementation?: string;
}

/**
 * What is said of something of a system, in Markdown.
 *
 * @param code Its declaration as it is written, when it is worth reading again.
 */
export function hoverText(entity: Entity, system: SystemModel, links: HoverLinks, code?: string): string {
  const { kind, name, owner } = entity;
  const of = owner === undefined ? '' : ` of ${kind === 'state' ? 'machine' : 'flow'} \`${owner}\``;
  const named = [
    links.picture === undefined ? undefined : `[Picture](${links.picture})`,
    links.declaration === undefined ? undefined : `[Declaration](${links.declaration})`,
    links.implementation === undefined ? undefined : `[Implementation](${links.implementation})`,
  ].filter((each) => each !== undefined);
  return [
    `**${kind}** \`${name}\`${of}`,
    descriptionOf(entity, system),
    factsOf(entity, system),
    code === undefined ? undefined : `\`\`\`ts\n${shorten(code)}\n\`\`\``,
    named.join(' · '),
  ]
    .filter((each) => each !== undefined && each !== '')
    .join('\n\n');
}

const most = 14;

function shorten(code: string): string {
  const lines = code.split('\n');
  return lines.length <= most ? code : [...lines.slice(0, most), '…'].join('\n');
}

function descriptionOf(entity: Entity, system: SystemModel): string | undefined {
  const { kind, name } = entity;
  if (kind === 'state') return stateOf(system, entity)?.description;
  if (kind === 'step') return undefined;
  return system[`${kind}s`][name]?.description;
}

function factsOf(entity: Entity, system: SystemModel): string | undefined {
  const { kind, name } = entity;
  switch (kind) {
    case 'machine': {
      const machine = system.machines[name];
      if (machine === undefined) return undefined;
      let count = 0;
      visitStates(machine, () => (count += 1));
      return `${count} states, one instance for each \`${machine.key}\`. Takes ${list(machine.events.map(({ alias }) => alias))}.`;
    }
    case 'state': {
      const state = stateOf(system, entity);
      const events = state?.on.map(({ event }) => event) ?? [];
      const is = state === undefined || state.type === 'atomic' ? '' : `A ${state.type} state. `;
      const runs = state?.run.map(({ target }) => `${target.kind} \`${target.name}\``) ?? [];
      const doing = runs.length === 0 ? '' : `Runs ${runs.join(', ')}. `;
      return `${is}${doing}${events.length === 0 ? 'Reacts to nothing of its own.' : `Reacts to ${list(events)}.`}`;
    }
    case 'flow': {
      const flow = system.flows[name];
      if (flow === undefined) return undefined;
      let count = 0;
      visitSteps(flow, () => (count += 1));
      return `${count} steps.`;
    }
    case 'step': {
      const step = stepOf(system, entity);
      if (step === undefined) return undefined;
      return step.kind === 'step' ? `Calls ${step.call.target.kind} \`${step.call.target.name}\`.` : `A ${step.kind}.`;
    }
    case 'event': {
      const by = Object.values(system.machines).filter(({ events }) => events.some((each) => each.name === name));
      return by.length === 0 ? undefined : `Taken by ${list(by.map((each) => each.name))}.`;
    }
    case 'task':
    case 'agent':
    case 'resource':
      return undefined;
  }
}

const list = (names: readonly string[]): string =>
  names.length === 0 ? 'nothing' : names.map((name) => `\`${name}\``).join(', ');
