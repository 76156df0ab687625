import { nearest } from '../../core/index.ts';
import type { BoundSystem } from '../../tasks/index.ts';
import { ScenarioError } from './errors.ts';
import type { Scenario, ScenarioDefinition } from './types.ts';

type Names = Readonly<Record<string, unknown>> | undefined;
const verbs = ['send', 'start', 'advance', 'decide', 'cancel', 'pause', 'resume', 'expect'] as const;

/**
 * A scenario says something, and of what the system has.
 *
 * @throws ScenarioError MR3571.
 */
export function checkScenario(system: BoundSystem, { name, definition }: Scenario): void {
  const refuse = (why: string): never => {
    throw new ScenarioError('MR3571', `The scenario '${name}' cannot be played: ${why}`);
  };
  const { given = {}, when, expect } = definition as ScenarioDefinition<Readonly<Record<string, never>>>;
  if (!Array.isArray(when) || when.length === 0) refuse('`when` is empty: nothing would happen.');
  if (typeof expect !== 'object' || expect === null || Object.keys(expect).length === 0)
    refuse('`expect` is empty: whatever happened, it would hold.');
  if (given.at !== undefined && Number.isNaN(Date.parse(given.at)))
    refuse(`given.at is no time: '${given.at}'. Write it as '2026-03-01T08:00:00Z'.`);

  const known = (names: Names, has: Names, what: string, at: string): void => {
    for (const each of Object.keys(names ?? {})) {
      if (Object.hasOwn(has ?? {}, each)) continue;
      const like = nearest(each, Object.keys(has ?? {}));
      const hint =
        like === undefined ? `It has ${Object.keys(has ?? {}).join(', ') || 'none'}.` : `Did you mean '${like}'?`;
      refuse(`${at} names '${each}', and the system '${system.name}' has no ${what} of that name. ${hint}`);
    }
  };
  const knownIn = (at: string, expected: object): void => {
    const { runs, instances, emitted, tasks } = expected as Readonly<Record<string, Names>>;
    known(runs, system.flows, 'flow', `${at}.runs`);
    known(instances, system.machines, 'machine', `${at}.instances`);
    known(tasks, system.tasks, 'task', `${at}.tasks`);
    for (const { event } of (emitted ?? []) as readonly { readonly event: string }[])
      if (!event.startsWith('failed.')) known({ [event]: 0 }, system.events, 'event', `${at}.emitted`);
    const strange = Object.keys(expected).find((key) => !['runs', 'instances', 'emitted', 'tasks'].includes(key));
    if (strange !== undefined) refuse(`${at} has '${strange}', where runs, instances, emitted and tasks may stand.`);
  };
  known(given.tasks, system.tasks, 'task', 'given.tasks');
  known(given.instances, system.machines, 'machine', 'given.instances');
  for (const [index, step] of (when as readonly object[]).entries()) {
    const at = `when[${index}]`;
    const said = verbs.filter((verb) => Object.hasOwn(step, verb));
    if (said.length !== 1)
      refuse(
        `${at} says ${said.length === 0 ? 'nothing that can happen' : said.join(' and ')}: it is one of ${verbs.join(', ')}.`,
      );
    const { send, start, expect: between } = step as Readonly<Record<string, never>>;
    if (send !== undefined) known({ [send]: 0 }, system.events, 'event', at);
    if (start !== undefined) known({ [start]: 0 }, system.flows, 'flow', at);
    if (between !== undefined) knownIn(`${at}.expect`, between);
  }
  knownIn('expect', expect);
}
