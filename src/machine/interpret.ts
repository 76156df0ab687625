import type { MachineDefinition } from './definition.ts';
import { Interpretation, type OnMicrostep } from './interpreter/interpretation.ts';
import { ancestors, inDocumentOrder, isAtomic, plant, rowsOf, type State } from './interpreter/tree.ts';
import { machineTables } from './tables.ts';
import { unknownState } from './unknown-state.ts';
import type { MachineModule, MachineStep, Snapshot } from './module.ts';

/** A machine module that is interpreted, with what it was made from. */
export interface InterpretedMachine extends MachineModule<unknown> {
  readonly definition: MachineDefinition;
}

/** How a machine is interpreted. */
export interface InterpretOptions {
  /** Hears of each microstep: what was taken, left and entered. Absent: nothing of it is put together. */
  readonly onMicrostep?: OnMicrostep;
}

/**
 * Runs a machine from its definition, without compiling it: Appendix D of the SCXML Recommendation, read line by line.
 * Slower than the compiled module and equal to it in every step.
 *
 * @throws MillraceError MR3330 when a target names no state; MR3331 (from a step) when the machine does not come to rest.
 * @example
 * ```ts
 * import { interpretMachine } from 'millrace/machine';
 *
 * const nothing = { on: [], always: [], after: [], entry: [], exit: [], run: [], onDone: [], states: [] };
 * const lamp = interpretMachine({
 *   name: 'lamp',
 *   hash: '',
 *   key: 'id',
 *   events: [{ alias: 'toggle', name: 'toggle' }],
 *   creates: ['toggle'],
 *   initial: ['off'],
 *   states: [
 *     { ...nothing, name: 'off', type: 'atomic', on: [{ event: 'toggle', transitions: [{ targets: ['on'], actions: [] }] }] },
 *     { ...nothing, name: 'on', type: 'atomic', on: [{ event: 'toggle', transitions: [{ targets: ['off'], actions: [] }] }] },
 *   ],
 * });
 * const scope = { instanceId: '1', now: 0 };
 * const first = lamp.start({}, scope);
 * lamp.send(first.snapshot, { name: 'toggle', payload: undefined }, scope).snapshot.state; // ['on']
 * ```
 */
export function interpretMachine(definition: MachineDefinition, options: InterpretOptions = {}): InterpretedMachine {
  const tree = plant(definition);
  const aliases = new Map(definition.events.map(({ alias, name }) => [name, alias]));

  const named = (name: string): State => tree.byName.get(name) ?? unknownState(definition.name, name);
  const restore = (machine: Interpretation, snapshot: Snapshot): void => {
    for (const leaf of snapshot.state.map(named)) {
      for (const state of [leaf, ...ancestors(leaf, tree.root)]) machine.configuration.add(state);
    }
    for (const [name, states] of Object.entries(snapshot.history ?? {}))
      machine.history.set(named(name), states.map(named));
  };
  const finish = (machine: Interpretation): MachineStep => {
    const { context, running, output, history, handled, effects, errors } = machine;
    const state = [...machine.configuration]
      .filter(isAtomic)
      .sort(inDocumentOrder)
      .map(({ name }) => name);
    const kept = [...history].map(([{ name }, states]) => [name, states.map((each) => each.name)] as const);
    const snapshot: Snapshot = {
      state,
      context,
      status: running ? 'active' : 'done',
      ...(output === undefined ? {} : { output }),
      ...(kept.length === 0 ? {} : { history: Object.fromEntries(kept) }),
    };
    return { snapshot, handled, effects, errors };
  };

  return {
    kind: 'machine',
    definition,
    name: definition.name,
    hash: definition.hash,
    key: definition.key,
    ...machineTables(definition),
    states: rowsOf(tree, definition),
    start(context, scope) {
      const machine = new Interpretation(tree, aliases, context, scope, options.onMicrostep);
      machine.start();
      return finish(machine);
    },
    send(snapshot, event, scope) {
      if (snapshot.status === 'done') return { snapshot, handled: false, effects: [], errors: [] };
      const machine = new Interpretation(tree, aliases, snapshot.context, scope, options.onMicrostep);
      restore(machine, snapshot);
      machine.take(event);
      // What changed nothing leaves the very same snapshot.
      return machine.handled
        ? finish(machine)
        : { snapshot, handled: false, effects: machine.effects, errors: machine.errors };
    },
    available(snapshot) {
      if (snapshot.status === 'done') return [];
      const active = new Set(snapshot.state.map(named).flatMap((leaf) => [leaf, ...ancestors(leaf)]));
      return definition.events
        .map(({ alias }) => alias)
        .filter((alias) => [...active].some(({ transitions }) => transitions.some(({ hears }) => hears(alias))));
    },
  };
}
