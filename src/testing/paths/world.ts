import { kebabCase, nearest } from '../../core/index.ts';
import {
  interpretMachine,
  type InterpretedMachine,
  type MachineDefinition,
  type MachineStep,
  type Microstep,
  type StateDefinition,
} from '../../machine/index.ts';
import { plant, type Transition } from '../../machine/interpreter/tree.ts';
import type { BoundSystem } from '../../tasks/index.ts';
import { candidatesOf, type Candidates, type Parse } from './candidates.ts';
import { constantsIn, type Constants } from './constants.ts';
import { PathError } from './errors.ts';
import { instrument, type Instrumented } from './instrument.ts';
import { errorRecordSchema, jsonSchemaOf, type JsonSchema } from './json-schema.ts';
import { Relevance } from './relevance.ts';
import { sampleOf } from './sample.ts';
import type { PathOptions } from './types.ts';

type Schema = BoundSystem['tasks'][string]['input'];

/** A machine that can be tried out: watched, and with something to send it. */
export interface World {
  readonly definition: MachineDefinition;
  readonly machine: InterpretedMachine;
  readonly instrumented: Instrumented;
  readonly relevance: Relevance;
  readonly instanceId: string;
  readonly contexts: Candidates;
  /** How many of the contexts come first because an instance usually begins with them. */
  readonly givenContexts: number;
  /** The payloads of an input by its name; undefined: there is no such input. */
  inputs(event: string): Candidates | undefined;
  /** Takes a step, and says which transitions it took. */
  watch(step: () => MachineStep): {
    readonly step: MachineStep;
    readonly taken: readonly string[];
    /** The transitions that were not taken because their guards did not hold. */
    readonly refused: readonly string[];
  };
  /** The states that the last step entered, if only for a moment, and even if it failed. */
  entered(): readonly string[];
  readonly constants: Constants;
}

/** The live machine of a system, interpreted. */
export function machineOf(
  system: BoundSystem,
  name: string,
): { readonly definition: MachineDefinition; readonly context: Schema } {
  const bound = Object.hasOwn(system.machines, name) ? system.machines[name] : undefined;
  if (bound === undefined) {
    const names = Object.keys(system.machines);
    const like = nearest(name, names);
    throw new PathError(
      'MR1800',
      `The system '${system.name}' has no machine '${name}'. ${like === undefined ? '' : `Did you mean '${like}'? `}It has ${names.length === 0 ? 'none' : names.join(', ')}.`,
    );
  }
  const { module, context } = bound;
  if (!('definition' in module)) {
    throw new PathError(
      'MR1801',
      `Machine '${name}' is compiled, and a compiled machine does not tell which transitions it takes. Load the system with loadSystemFromDsl(path, { live: true }).`,
    );
  }
  return { definition: (module as InterpretedMachine).definition, context };
}

/** Makes a world of a machine. */
export function worldOf(system: BoundSystem, name: string, options: PathOptions): World {
  const { seed = 1 } = options;
  const { definition, context } = machineOf(system, name);
  const relevance = new Relevance();
  const instrumented = instrument(definition, relevance);
  const constants = constantsIn(instrumented.codes, options.constants);
  const payloads = new Map(Object.entries(options.payloads ?? {}));
  const { key } = definition;
  let keyValue: unknown;

  const make = (input: string, schema: JsonSchema, parse: Parse, named: string): Candidates => {
    const keyed: Parse = (written) => parse(withKey(written, key, keyValue));
    const sampled = sampleOf(schema, constants, named);
    const sample = { ...sampled, choices: sampled.choices.filter(({ path }) => path[0] !== key || path.length > 1) };
    const given = payloads.get(input) ?? [];
    for (const [index, each] of given.entries()) {
      if (keyed(each) === undefined)
        throw new PathError('MR1804', `payloads['${input}'][${index}] is not what the schema of '${input}' takes.`);
    }
    return candidatesOf({ root: input, sample, parse: keyed, given, seed });
  };
  const eventInput = ({
    alias,
    name: own,
  }: {
    readonly alias: string;
    readonly name: string;
  }): [string, Candidates] => {
    const schema = system.events[own]?.payload;
    return [
      alias,
      schema === undefined
        ? make(alias, failureSchema, taken, alias)
        : make(alias, jsonSchemaOf(schema), parser(schema), alias),
    ];
  };
  // The instance's key is that of the first payload of an event that may create it.
  const first = definition.events.find(({ alias }) => definition.creates.includes(alias)) ?? definition.events[0];
  if (first !== undefined) keyValue = instanceKey(eventInput(first)[1].plain?.written, key);
  if (typeof keyValue === 'string' && first !== undefined && payloads.get(first.alias) === undefined) {
    const sampled = keyValue;
    keyValue = `${kebabCase(name)}-1`;
    if (eventInput(first)[1].plain === undefined) keyValue = sampled;
  }

  const all = new Map<string, Candidates>(definition.events.map(eventInput));
  for (const { id, target } of runsOf(definition.states)) {
    const output =
      target.kind === 'task'
        ? system.tasks[target.name]?.output
        : target.kind === 'flow'
          ? system.flows[target.name]?.contract.output
          : undefined;
    const done = `done.run.${id}`;
    all.set(
      done,
      output === undefined
        ? make(done, { const: undefined }, taken, id)
        : make(done, jsonSchemaOf(output), parser(output), id),
    );
    all.set(`error.run.${id}`, make(`error.run.${id}`, errorRecordSchema, taken, id));
  }
  all.set('error.communication', make('error.communication', errorRecordSchema, taken, 'error'));
  for (const input of payloads.keys()) {
    if (all.has(input)) continue;
    const like = nearest(input, [...all.keys()]);
    throw new PathError(
      'MR1804',
      `payloads names '${input}', which machine '${name}' does not take. ${like === undefined ? '' : `Did you mean '${like}'? `}It takes ${[...all.keys()].join(', ')}.`,
    );
  }

  const contexts = contextsOf(context, options, constants, seed);
  if (contexts.plain === undefined) {
    throw new PathError(
      'MR1803',
      `No context was found that an instance of machine '${name}' may begin with. Give one: contexts: [{ … }].`,
    );
  }
  let microsteps: Microstep[] = [];
  const places = new Map(transitionsOf(definition).map((transition) => [transition.definition, transition.at]));
  return {
    definition,
    machine: interpretMachine(instrumented.definition, { onMicrostep: (step) => microsteps.push(step) }),
    instrumented,
    relevance,
    instanceId: typeof keyValue === 'string' ? keyValue : String(keyValue ?? `${name}-1`),
    contexts,
    givenContexts: options.contexts?.length ?? 1,
    inputs: (event) => all.get(event),
    watch(step) {
      microsteps = [];
      instrumented.refused.clear();
      const result = step();
      return {
        step: result,
        taken: microsteps.flatMap(({ transitions }) => transitions.map(({ at }) => at)),
        refused: [...instrumented.refused].map((transition) => places.get(transition) ?? ''),
      };
    },
    entered: () => microsteps.flatMap(({ entered }) => entered),
    constants,
  };
}

/** What a `failed(…)` event carries. */
const failureSchema: JsonSchema = {
  type: 'object',
  required: ['error', 'runId'],
  properties: { error: errorRecordSchema, runId: { type: 'string', minLength: 1 } },
};

const taken: Parse = (written) => ({ written, value: written });

function parser(schema: Schema): Parse {
  return (written) => {
    try {
      const parsed = schema.safeParse(written);
      return parsed.success ? { written, value: parsed.data } : undefined;
    } catch {
      // A transform that throws, or an asynchronous refinement: the runtime would refuse it, too.
      return undefined;
    }
  };
}

function contextsOf(schema: Schema, options: PathOptions, constants: Constants, seed: number | string): Candidates {
  const parse = parser(schema);
  const given = options.contexts ?? (parse({}) === undefined ? [] : [{}]);
  const sample = sampleOf(jsonSchemaOf(schema), constants, 'context');
  const choices = options.contexts === undefined ? sample.choices : [];
  return candidatesOf({ root: 'context', sample: { base: sample.base, choices }, parse, given, seed });
}

function instanceKey(payload: unknown, key: string): unknown {
  return typeof payload === 'object' && payload !== null
    ? (payload as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

/** Every transition of a machine in its place, in document order. */
export function transitionsOf(definition: MachineDefinition): readonly Transition[] {
  return plant(definition).states.flatMap((state) => [...state.transitions, ...state.always]);
}

function withKey(written: unknown, key: string, value: unknown): unknown {
  if (value === undefined || typeof written !== 'object' || written === null || !(key in written)) return written;
  return { ...written, [key]: value };
}

function runsOf(states: readonly StateDefinition[]): StateDefinition['run'] {
  return states.flatMap((state) => [...state.run, ...runsOf(state.states)]);
}
