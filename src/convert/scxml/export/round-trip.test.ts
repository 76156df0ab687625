import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exportScxml, importScxml } from 'millrace/convert';
import { interpretMachine, type MachineModule, type MachineStep } from 'millrace/machine';
import { systemOf } from '../../../../test/support/compile-machine.ts';
import { randomEvents, randomMachine } from '../../../../test/support/random-machine.ts';
import { enliven, sketchMachine } from '../../../../test/support/sketch.ts';
import type {
  ActionSketch,
  Go,
  MachineSketch,
  StateSketch,
  TransitionSketch,
} from '../../../../test/support/sketch.ts';
import { parseXml } from '../xml.ts';

/** What a document can say of a random machine: no work, no timers, no log of events, no schemas of states. */
const covered = (sketch: MachineSketch): MachineSketch => ({ ...sketch, states: mapped(sketch.states, state) });
const mapped = <T, U>(all: Readonly<Record<string, T>>, change: (each: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(all).map(([name, each]) => [name, change(each)]));

function state(sketch: StateSketch): StateSketch {
  const { entry, exit, on, always, onDone, states, type, history, initial, output } = sketch;
  return {
    ...(type && { type }),
    ...(history && { history }),
    ...(initial && { initial }),
    ...(output && { output }),
    ...(entry && { entry: actions(entry) }),
    ...(exit && { exit: actions(exit) }),
    ...(on && { on: mapped(on, go) }),
    ...(always && { always: go(always) }),
    ...(onDone && { onDone: go(onDone) }),
    ...(states && { states: mapped(states, state) }),
  };
}
const go = (given: Go): Go => {
  const all: readonly TransitionSketch[] =
    typeof given === 'string' ? [{ target: given }] : 'length' in given ? given : [given];
  return all.map((each) => ({ ...each, actions: actions(each.actions ?? []) }));
};
// Lists that are absent or no lists are errors there, so that each round has a list that is one, in a context with fields
// of the names that rounds have. Ids and targets that cannot be are said in other words.
const actions = (all: readonly ActionSketch[]): readonly ActionSketch[] =>
  all.flatMap((action): readonly ActionSketch[] => {
    if (action[0] === 'assign' || action[0] === 'raise') return [action];
    if (action[0] === 'when') return [['when', action[1], actions(action[2]), actions(action[3] ?? [])]];
    if (action[0] === 'forEach') {
      const round: ActionSketch = [
        'assign',
        '({ context, item, index }) => ({ item: (context.item ?? 0) + item, index: [context.index, item, index].length })',
      ];
      return [['forEach', '() => [3, 5]', [round, ...actions(action[2])]]];
    }
    return [];
  });

/** Where the machine stands after each event, and what its context says under the document's names. */
function trace(
  machine: MachineModule<unknown>,
  events: readonly { readonly name: string; readonly payload: unknown }[],
  payloadOf: (name: string, data: unknown) => unknown,
): readonly unknown[] {
  const seen: unknown[] = [];
  const scope = { instanceId: 'i', now: 1 };
  try {
    let last: MachineStep = machine.start({ n: 0 }, scope);
    for (const { name, payload } of events) {
      seen.push(last.snapshot.state, plainContext(last.snapshot.context), last.snapshot.status);
      last = machine.send(last.snapshot, { name, payload: payloadOf(name, payload) }, scope);
    }
    seen.push(last.snapshot.state, plainContext(last.snapshot.context), last.snapshot.status);
  } catch (thrown) {
    seen.push((thrown as { readonly code?: string }).code ?? thrown);
  }
  return seen;
}
const plainContext = (context: unknown): unknown =>
  Object.fromEntries(
    Object.entries(context as object)
      // Rounds have variables of their own in a document.
      .filter(([name, value]) => value !== undefined && !/^_|^(?:item|index)_/.test(name))
      // A word of JavaScript cannot be the name of a variable.
      .map(([name, value]) => [name.replace(/^field_/, ''), withoutPlaces(value)]),
  );
// An error says where it was thrown, and a pattern may stand in a document as the names that it covers.
const withoutPlaces = (value: unknown): unknown =>
  typeof value === 'object'
    ? JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'at' ? undefined : inner)))
    : value;

it('a machine that is exported and imported again goes the same ways', () => {
  fc.assert(
    fc.property(
      fc.boolean().chain((regions) => randomMachine({ regions })),
      fc.array(randomEvents, { minLength: 1, maxLength: 3 }),
      (sketch, runs) => {
        const node = sketchMachine('random', covered(sketch));
        const { text, diagnostics: left } = exportScxml(node, systemOf(node));
        fc.pre(left.length === 0);
        expect(parseXml(text)).toHaveProperty('root');
        const { model, payload, diagnostics } = importScxml(text, { events: node.events.map(({ name }) => name) });
        expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
        const again = interpretMachine(enliven(Object.values(model?.machines ?? {})[0] as never));
        const known = new Set(node.events.map(({ name }) => name));
        const first = interpretMachine(enliven(node));
        for (const events of runs) {
          const heard = events.filter(({ name }) => known.has(name));
          const wrap = (name: string, data: unknown) => (payload === 'event' ? { name, data } : data);
          expect(trace(again, heard, wrap)).toEqual(trace(first, heard, (_, data) => data));
        }
      },
    ),
    { numRuns: Number(process.env['MILLRACE_RUNS'] ?? 60) },
  );
});
