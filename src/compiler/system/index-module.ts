/** The plan of `index.ts`: the bound system, which ties contracts, flows, machines and the user's tasks together. */
import type { TaskNode } from '../../model/index.ts';
import { present } from '../flow/options.ts';
import { ModuleWriter } from '../module-writer.ts';
import type { Emission } from '../plan/emission.ts';
import { bySource } from '../plan/order.ts';
import { json } from '../../model/text/json.ts';
import { hard, indent, object, objectLines, print, type Doc } from '../../model/text/doc.ts';
import { access, docComment, propertyKey, quote, typeKey } from '../../model/text/names.ts';

/** What the template of `index.ts` gets. */
export interface IndexPlan {
  readonly imports: string;
  /** The implementations with the types they must have. */
  readonly implementations?: string;
  readonly doc?: string;
  readonly declaration: string;
  readonly system: string;
  readonly name: string;
}

/** Prints the bound system. */
export function indexModule(emission: Emission): IndexPlan {
  const { model, layout } = emission;
  const writer = new ModuleWriter(model, layout, 'index.ts', []);
  const name = writer.declare('system');
  const bound = writer.import('millrace/tasks', 'BoundSystem', { typeOnly: true });
  const tasks = bySource(model, model.tasks);
  const events = bySource(model, model.events);
  const machines = bySource(model, model.machines);
  const needsContracts = events.length + tasks.length + machines.length > 0;
  const contracts = needsContracts ? writer.import('contracts.ts', '*', { wanted: 'contracts' }) : 'contracts';
  const contract = (kind: 'event' | 'task', name: string): string =>
    `${contracts}${access(layout.contract(kind, name))}`;

  const flows = bySource(model, model.flows).map((node) => {
    const { exported, path } = layout.module('flow', node.name);
    return member(node.name, writer.import(path, exported));
  });
  const machineMembers = machines.map((node): Doc => {
    const { exported, path } = layout.module('machine', node.name);
    const context = `${contracts}${access(layout.machineContext(node.name))}`;
    return [`${propertyKey(node.name)}: `, object([`module: ${writer.import(path, exported)}`, `context: ${context}`])];
  });
  reportTwins(tasks, emission);
  // A model performs it, unless the user has written it.
  const implemented = tasks.filter(
    ({ name, model: performer }) => performer === undefined || emission.implemented(name),
  );
  const implementation = writer.declare('implementations');
  const imported = implemented.map((node) => ({
    name: node.name,
    local: writer.import(layout.taskSpecifier(node.name, 'index.ts'), 'default', {
      wanted: layout.contract('task', node.name),
    }),
  }));
  const taskType =
    implemented.length === 0 ? '' : writer.import('millrace/tasks', 'TaskImplementation', { typeOnly: true });
  const implementations: Doc = [
    `const ${implementation}: `,
    [
      '{',
      indent(
        implemented.map((node) => [
          hard,
          `readonly ${typeKey(node.name)}: ${taskType}<typeof ${contract('task', node.name)}>;`,
        ]),
      ),
      hard,
      '}',
    ],
    ' = ',
    object(imported.map(({ name, local }) => member(name, local))),
    ';',
  ];
  const system = objectLines([
    "kind: 'bound-system'",
    `name: ${quote(model.name)}`,
    `version: ${quote(model.version)}`,
    `hash: ${quote(emission.hash)}`,
    `source: ${quote(layout.source)}`,
    ...present({
      events: object(events.map((node) => member(node.name, contract('event', node.name)))),
      tasks: object(tasks.map((node) => member(node.name, contract('task', node.name)))),
      flows: object(flows),
      machines: object(machineMembers),
    }),
    implemented.length === 0 ? 'implementations: {}' : member('implementations', implementation),
    ...(model.retention === undefined ? [] : [['retention: ', json(model.retention)]]),
    ...(model.budget === undefined ? [] : [['budget: ', json(model.budget)]]),
  ]);
  return {
    imports: writer.imports(),
    ...(implemented.length === 0 ? {} : { implementations: print(implementations) }),
    ...(model.description === undefined ? {} : { doc: docComment(model.description) }),
    declaration: `const ${name}: ${bound}`,
    system: print(system),
    name,
  };
}

function member(key: string, value: string): string {
  return key === value && key !== '__proto__' ? key : `${propertyKey(key)}: ${value}`;
}

/** The code of a task stands in a file called after it: two names may come to the same file. */
function reportTwins(tasks: readonly TaskNode[], { layout, report }: Emission): void {
  const seen = new Map<string, string>();
  for (const { name, location } of tasks) {
    const file = layout.taskFile(name);
    const other = seen.get(file.toLowerCase());
    seen.set(file.toLowerCase(), name);
    if (other === undefined) continue;
    report(
      {
        code: 'MR1654',
        message: `The tasks '${other}' and '${name}' would both be implemented in '${file.slice(file.lastIndexOf('/') + 1)}'.`,
        hint: 'Rename one of them.',
      },
      location,
    );
  }
}
