import type { CallNode, SystemModel } from '../../model/index.ts';
import { visitCalls } from '../../model/visit/index.ts';
import { scan } from '../../model/text/scan.ts';
import { camelCase, freeName, isIdentifier } from '../../model/text/names.ts';

const kinds = ['agents', 'resources', 'events', 'tasks', 'flows', 'machines'] as const;
/** What the package exports for declarations. */
export type Word = 'system' | 'event' | 'task' | 'agent' | 'resource' | 'flow' | 'machine' | 'part' | 'failed';
const words: readonly Word[] = ['system', 'event', 'task', 'agent', 'resource', 'flow', 'machine', 'part', 'failed'];

/** What lambdas take out of their scope, and bodies are called: a constant of such a name could not be called there. */
const scopeNames = [
  'context',
  'output',
  'error',
  'input',
  'item',
  'index',
  'value',
  'now',
  'runId',
  'instanceId',
  'f',
  'g',
];

/** What is called what in the text: constants of definitions, and the functions of the package. */
export interface Names {
  /** The constant of a definition. */
  readonly constants: ReadonlyMap<string, string>;
  /** Further constants for the same definitions: name, and what it stands for. */
  readonly also: ReadonlyMap<string, string>;
  /** The definition that a constant stands for. */
  readonly definitions: ReadonlyMap<string, string>;
  readonly words: Readonly<Record<Word, string>>;
  /** Gives a constant that is nobody's a name. */
  readonly fresh: (wanted: string) => string;
}

/**
 * Gives names. A constant is called as the lambdas call it, so that they can stay as they are; declarations and imports
 * keep theirs.
 */
export function nameAll(model: SystemModel): Names {
  const taken = new Set([...Object.keys(model.locals), ...Object.keys(model.imports)]);
  const constants = new Map<string, string>();
  const also = new Map<string, string>();
  const definitions = new Map<string, string>();
  visitCalls(model, (call) => {
    const { name } = call.target;
    const callee = calleeOf(call);
    if (callee === undefined || !isIdentifier(callee) || taken.has(callee)) return;
    taken.add(callee);
    definitions.set(callee, name);
    if (constants.has(name)) also.set(callee, name);
    else constants.set(name, callee);
  });
  const own = Object.fromEntries(
    words.map((word) => {
      const name = freeName(word, taken);
      taken.add(name);
      return [word, name];
    }),
  ) as Record<Word, string>;
  const avoided = new Set([...taken, ...scopeNames]);
  for (const kind of kinds) {
    for (const name of Object.keys(model[kind])) {
      if (constants.has(name)) continue;
      const wanted = camelCase(name);
      const constant = freeName(avoided.has(wanted) ? `${wanted}${suffixes[kind]}` : wanted, avoided);
      avoided.add(constant);
      constants.set(name, constant);
      definitions.set(constant, name);
    }
  }
  const fresh = (wanted: string): string => {
    const name = freeName(wanted, avoided);
    avoided.add(name);
    return name;
  };
  return { constants, also, definitions, words: own, fresh };
}

const suffixes = {
  agents: 'Agent',
  resources: 'Resource',
  events: 'Event',
  tasks: 'Task',
  flows: 'Flow',
  machines: 'Machine',
} as const;

/** The name that a call lambda calls, when it is a plain one. */
export function calleeOf({ lambda }: CallNode): string | undefined {
  const tokens = scan(lambda.lambda?.body ?? '');
  const [first, second] = tokens ?? [];
  return first?.type === 'name' && second?.value === '(' ? first.value : undefined;
}
