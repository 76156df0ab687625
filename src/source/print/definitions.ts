import type {
  AgentNode,
  EventNode,
  FlowNode,
  MachineNode,
  ResourceNode,
  StateNode,
  TaskNode,
} from '../../model/index.ts';
import { array, object, print, type Doc } from '../../model/text/doc.ts';
import { camelCase, propertyKey, quote } from '../../model/text/names.ts';
import { comment, commonMembers } from './common.ts';
import { optionalCall, optionalSchema, schema } from './lambdas.ts';
import { exitsOf, statesApart } from './parts.ts';
import type { Printing } from './printing.ts';
import { printStates } from './states.ts';
import { printBody } from './steps.ts';
import { taskOptions } from './tasks.ts';
import { checkKeys, member, optionalJson, text, texts } from './values.ts';

/** Everything that a file declares as a constant. */
export type DefinitionNode = AgentNode | ResourceNode | EventNode | TaskNode | FlowNode | MachineNode;

const printers: {
  readonly [K in DefinitionNode['kind']]: (to: Printing, node: Extract<DefinitionNode, { kind: K }>) => Doc;
} = {
  agent: (to, node) => [to.word('agent'), '(', quote(node.name), ', ', agentOptions(to, node), ')'],
  resource: (to, node) => [to.word('resource'), '(', quote(node.name), ', ', resourceOptions(to, node), ')'],
  event: (to, node) => [
    to.word('event'),
    '(',
    quote(node.name),
    ', ',
    object([
      ...member('payload', schema(to, node.payload)),
      ...member('ttl', text(node.ttl)),
      ...commonMembers(to, node),
    ]),
    ')',
  ],
  task: (to, node) => [to.word('task'), '(', quote(node.name), ', ', taskOptions(to, node), ')'],
  flow: (to, node) => [
    to.word('flow'),
    '(',
    quote(node.name),
    ', ',
    flowOptions(to, node),
    ', ',
    printBody(to, node.body, true),
    ')',
  ],
  machine: printMachine,
};

function printMachine(to: Printing, node: MachineNode): Doc {
  const head = to.heads.get(node) ?? machineHead(to, node);
  const states = printStates(to, node, node.states, node.location);
  return [head, '.states(', initialOf(node), ', ', states, ')'];
}

/** One that lies deeper stands in a list: by itself the types know only those right below. */
function initialOf({ initial = [], states }: Pick<StateNode, 'initial' | 'states'>): Doc {
  const [first, second] = initial;
  const isPlain = second === undefined && states.some(({ name }) => name === first);
  return first !== undefined && isPlain ? quote(first) : array(initial.map(quote));
}

function machineHead(to: Printing, node: MachineNode): Doc {
  return [to.word('machine'), '(', quote(node.name), ', ', machineOptions(to, node), ')'];
}

/** The head of a machine and the states that are nested too deep for the types, as constants of their own. */
function partsBefore(to: Printing, node: DefinitionNode, constant: string): string {
  const apart = node.kind === 'machine' ? statesApart(node) : [];
  if (node.kind !== 'machine' || apart.length === 0) return '';
  const head = to.names.fresh(`${constant}Head`);
  const texts = [print(['const ', head, ' = ', machineHead(to, node), ';'], 0, 120)];
  to.heads.set(node, head);
  for (const state of apart) {
    const name = to.names.fresh(camelCase(state.name));
    const exits = exitsOf(node, state);
    const states = printStates(to, node, state.states, state.location);
    const options = exits.length === 0 ? '' : [', ', object([['exits: ', array(exits.map(quote))]])];
    const call = [to.word('part'), '(', head, ', ', initialOf(state), ', ', states, options, ')'];
    texts.push(print(['const ', name, ' = ', call, ';'], 0, 120));
    to.apart.set(state, name);
  }
  return texts.map((text) => `${text}\n\n`).join('');
}

/** The exported constant of a definition with its comment, without an indentation. */
export function printDefinition(to: Printing, node: DefinitionNode): string {
  const { name, location } = node;
  if (!/^[A-Za-z_][\w.-]*$/.test(name)) {
    to.cannot(
      location,
      `'${name}' cannot be a name.`,
      'It begins with a letter or `_`; letters, digits, `_`, `.` and `-` may follow.',
    );
  }
  const constant = to.names.constants.get(name) ?? name;
  const before = partsBefore(to, node, constant);
  return `${before}${comment(node)}${print(['export const ', constant, ' = ', printCall(to, node), ';'], 0, 120)}`;
}

/** `task('charge', { … })`: what the constant of a definition is. */
export function printCall(to: Printing, node: DefinitionNode): Doc {
  const printer = printers[node.kind] as (to: Printing, node: DefinitionNode) => Doc;
  return printer(to, node);
}

function agentOptions(to: Printing, node: AgentNode): Doc {
  return object([
    ...member('role', text(node.role)),
    ...member('model', text(node.model)),
    ...member('system', text(node.system)),
    ...member('tools', texts(node.tools)),
    ...member('maxTokens', optionalJson(node.maxTokens)),
    ...member('temperature', optionalJson(node.temperature)),
    ...member('options', optionalJson(node.options)),
    ...commonMembers(to, node),
  ]);
}

function resourceOptions(to: Printing, node: ResourceNode): Doc {
  return object([
    ...member('kind', quote(node.type)),
    ...member('env', texts(node.env)),
    ...member('options', optionalJson(node.options)),
    ...commonMembers(to, node),
  ]);
}

function flowOptions(to: Printing, node: FlowNode): Doc {
  return object([
    ...member('input', schema(to, node.input)),
    ...member('output', optionalSchema(to, node.output)),
    ...member('on', node.on === undefined ? undefined : to.event(node.on, node.location)),
    ...member('schedule', optionalJson(node.schedule)),
    ...member('http', text(node.http)),
    ...member('onFailure', optionalCall(to, node.onFailure)),
    ...member('timeout', text(node.timeout)),
    ...commonMembers(to, node),
  ]);
}

function machineOptions(to: Printing, node: MachineNode): Doc {
  const aliases = (known: MachineNode['events'], constant: (name: string) => string): Doc | undefined => {
    checkKeys(
      to,
      node.location,
      known.map(({ alias }) => alias),
      'The name',
    );
    return object(known.flatMap(({ alias, name }) => member(alias, constant(name))));
  };
  const optional = (known: MachineNode['events'], kind: 'flows' | 'tasks' | 'machines'): Doc | undefined =>
    known.length === 0 ? undefined : aliases(known, (name) => to.constant(name, [kind], node.location));
  return object([
    ...member('key', quote(node.key)),
    ...member('context', schema(to, node.context)),
    ...member(
      'events',
      aliases(node.events, (name) => to.event(name, node.location)),
    ),
    ...member('creates', node.creates.length === 0 ? undefined : texts(node.creates)),
    ...member('flows', optional(node.flows, 'flows')),
    ...member('tasks', optional(node.tasks, 'tasks')),
    ...member('machines', optional(node.machines, 'machines')),
    ...commonMembers(to, node),
  ]);
}

/** The options of a system. Definitions are named: they stand further down. */
export function systemOptions(to: Printing): Doc {
  const { model } = to;
  const { contexts, retention, budget, access, version } = model;
  const bounded = Object.values(contexts).map((context) => {
    const { name, description, members, responsibilities, dependencies } = context;
    return [
      propertyKey(name),
      ': ',
      object([
        ...member('description', text(description)),
        ...member('members', array(members.map(quote))),
        ...member('responsibilities', texts(responsibilities)),
        ...member('dependencies', texts(dependencies)),
      ]),
    ];
  });
  return object([
    ...member('version', quote(version)),
    ...(bounded.length === 0 ? [] : member('contexts', object(bounded))),
    ...member('retention', optionalJson(retention)),
    ...member('budget', optionalJson(budget)),
    ...member('access', optionalJson(access)),
    ...commonMembers(to, model),
  ]);
}
