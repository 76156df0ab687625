import { shortName } from './short-name.ts';
import type {
  ActionNode,
  Diagnostic,
  ExpressionNode,
  Location,
  MachineNode,
  RunNode,
  StateNode,
  SystemModel,
} from '../../../model/index.ts';

/** Code of the module; a configuration in JSON has no place for it. */
export interface Code {
  readonly kind: 'code';
  readonly text: string;
}

/** A configuration as it is built: JSON with code in it. */
export type Tree = string | number | boolean | Code | readonly Tree[] | { readonly [key: string]: Tree | undefined };

/** A state with what is around it. */
export interface Place {
  readonly state: StateNode;
  readonly parent: Place | undefined;
  /** The names from the outermost state to this one. */
  readonly path: readonly string[];
}

/** One export: what the configuration names and the module has to implement, and what could not be said. */
export class Exporting {
  readonly machine: MachineNode;
  readonly model: SystemModel;
  readonly places = new Map<string, Place>();
  readonly guards = new Map<string, ExpressionNode>();
  readonly actions = new Map<string, ActionNode>();
  readonly actors = new Map<string, RunNode['target']>();
  readonly delays = new Map<string, ExpressionNode>();
  readonly diagnostics: Diagnostic[] = [];
  /** The states that somebody refers to by id. */
  readonly referred = new Set<string>();
  /** Are there timers or work? There a `*` would take their ends as well. */
  readonly hasOwnEvents: boolean;
  readonly #ids = new Map<string, string>();

  constructor(machine: MachineNode, model: SystemModel) {
    this.machine = machine;
    this.model = model;
    this.hasOwnEvents = /"kind":"(?:run|start|send)"|"delay":/.test(JSON.stringify(machine.states));
    const taken = new Set([machine.name]);
    const walk = (states: readonly StateNode[], parent: Place | undefined): void => {
      for (const state of states) {
        const place = { state, parent, path: [...(parent?.path ?? []), state.name] };
        this.places.set(state.name, place);
        let id = state.name.replaceAll(/[^\w-]/g, '_');
        while (taken.has(id)) id += '_';
        taken.add(id);
        this.#ids.set(state.name, id);
        walk(state.states, place);
      }
    };
    walk(machine.states, undefined);
  }

  /** The id of a state, which it gets because it is asked for. */
  id(name: string): string {
    this.referred.add(name);
    return this.#ids.get(name) ?? name;
  }

  /** The name under which a guard is implemented: what it says, when that is short. */
  guard(node: ExpressionNode, path: string): string {
    return register(this.guards, node, shortName(node) ?? path, path, (other) => other.text === node.text);
  }

  delay(node: ExpressionNode, path: string): string {
    return register(this.delays, node, shortName(node) ?? path, path, (other) => other.text === node.text);
  }

  action(node: ActionNode, path: string): string {
    const same = (other: ActionNode): boolean => withoutPlaces(other) === withoutPlaces(node);
    return register(this.actions, node, actionName(node), path, same);
  }

  actor(target: RunNode['target']): string {
    this.actors.set(target.name, target);
    return target.name;
  }

  /** Says that something comes out otherwise than it was declared, or not at all. */
  report(code: string, severity: Diagnostic['severity'], location: Location, message: string, hint: string): void {
    this.diagnostics.push({ code, severity, message, ...location, hint });
  }
}

/** Two that are the same share a name; of two that are not, the second is named by its place, too. */
function register<T>(map: Map<string, T>, node: T, name: string, path: string, same: (other: T) => boolean): string {
  for (let wanted = name, next = 2; ; wanted = next === 2 ? `${name} (${path})` : `${name} (${path} ${next})`, next++) {
    const other = map.get(wanted);
    if (other !== undefined && !same(other)) continue;
    map.set(wanted, node);
    return wanted;
  }
}

function withoutPlaces(node: ActionNode): string {
  return JSON.stringify(node, (key, value: unknown) => (key === 'location' ? undefined : value));
}

function actionName(node: ActionNode): string {
  if (node.kind === 'assign') return `assign ${shortName(node.value) ?? ''}`.trimEnd();
  if (node.kind === 'cancel')
    return `cancel ${typeof node.id === 'string' ? node.id : (shortName(node.id) ?? 'by id')}`;
  if (node.kind === 'forEach') return `for each of ${shortName(node.over) ?? 'a list'}`;
  if (node.kind === 'when') return `when ${shortName(node.condition) ?? 'it holds'}`;
  return `${node.kind} ${node.call.target.name}`;
}
