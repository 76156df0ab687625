/** The plan of `contracts.ts`: the live schemas and types of every event, task and flow, and of machines' contexts. */
import type { EventNode, FlowNode, Location, MachineNode, RateLimit, SchemaNode, TaskNode } from '../../model/index.ts';
import { toolsOf } from '../../model/model-task.ts';
import { visitStates } from '../../model/visit/index.ts';
import { present, retry, text } from '../flow/options.ts';
import { ModuleWriter } from '../module-writer.ts';
import type { Emission } from '../plan/emission.ts';
import { missing } from '../plan/missing.ts';
import { bySource } from '../plan/order.ts';
import { usesOf } from '../plan/uses.ts';
import { argumentCode, userCode } from '../../model/text/code.ts';
import { array, callWithOptions, object, print, type Doc } from '../../model/text/doc.ts';
import { docComment, quote } from '../../model/text/names.ts';
import { evidence } from './evidence.ts';
import { agentCode, modelCode, type ModelNames } from './model.ts';
import { needs } from './needs.ts';

/** What the template of `contracts.ts` gets. */
export interface ContractsPlan {
  readonly imports: string;
  readonly declarations: readonly string[];
  /** The exports whose names inside had to be others. */
  readonly aliases?: string;
}

/** Prints the contracts of a system. */
export function contractsModule(emission: Emission): ContractsPlan {
  const { model } = emission;
  const schemas = [...Object.values(model.events), ...Object.values(model.tasks), ...Object.values(model.flows)].map(
    schemasOf,
  );
  const contexts = Object.values(model.machines).map((machine) => {
    const own: (SchemaNode | undefined)[] = [machine.context];
    visitStates(machine, ({ context }) => own.push(context));
    return own;
  });
  const claims = Object.values(model.tasks).map((task) => [task.evidence, task.model?.prompt]);
  const writer = new ModuleWriter(model, emission.layout, 'contracts.ts', usesOf([schemas, contexts, claims]));
  const declarations: string[] = [];
  const aliases: string[] = [];
  const declare = (exported: string, value: Doc, description?: string, type?: string): string => {
    const local = writer.declare(exported);
    if (local !== exported) aliases.push(`${local} as ${exported}`);
    const doc = description === undefined ? '' : `${docComment(description)}\n`;
    declarations.push(
      `${doc}${print([local === exported ? 'export ' : '', `const ${local}${type === undefined ? '' : `: ${type}`} = `, value, ';'])}`,
    );
    return local;
  };
  const schema = (node: SchemaNode): Doc => {
    writer.use(node.uses, node.text);
    return argumentCode(node.text);
  };
  const contract = (
    kind: 'event' | 'task' | 'flow',
    name: string,
    members: Readonly<Record<string, Doc | undefined>>,
  ): Doc => callWithOptions(writer.import('millrace/flow', `${kind}Contract`), [quote(name), object(present(members))]);
  const names = [
    ...Object.keys(model.events).map((name) => emission.layout.contract('event', name)),
    ...Object.keys(model.tasks).map((name) => emission.layout.contract('task', name)),
    ...Object.keys(model.flows).map((name) => emission.layout.contract('flow', name)),
  ];
  // The helpers give way to definitions that are called like them.
  for (const kind of ['event', 'task', 'flow'] as const) {
    const needed =
      Object.keys(kind === 'event' ? model.events : kind === 'task' ? model.tasks : model.flows).length > 0;
    const helper = `${kind}Contract`;
    if (needed) writer.import('millrace/flow', helper, { wanted: names.includes(helper) ? `${helper}_` : helper });
  }

  for (const node of bySource(model, model.events)) {
    const members = { payload: schema(node.payload), ttl: quote(node.ttl ?? '7d'), source: source(node.location) };
    declare(emission.layout.contract('event', node.name), contract('event', node.name, members), node.description);
  }
  const agents = new Map<string, string>();
  for (const node of bySource(model, model.agents)) {
    const type = writer.import('millrace/flow', 'AgentSpec', { typeOnly: true });
    const local = declare(emission.layout.contract('agent', node.name), agentCode(node), node.description, type);
    agents.set(node.name, local);
  }
  const modelNames: ModelNames = {
    agent: (name) => agents.get(name) ?? 'undefined',
    use: ({ uses, text: code }) => writer.use(uses, code),
    inPrompt: () => writer.import('millrace/flow', 'inPrompt'),
  };
  for (const node of bySource(model, model.tasks)) {
    reportMissing(emission, node);
    const members = {
      input: schema(node.input),
      output: schema(node.output),
      policy: policy(node),
      evidence: evidence(node, ({ uses, text: code }) => writer.use(uses, code)),
      needs: needs(model, node),
      model: modelCode(model, node, modelNames),
      source: source(node.location),
    };
    declare(emission.layout.contract('task', node.name), contract('task', node.name, members), node.description);
  }
  for (const node of bySource(model, model.flows)) {
    const output = node.output === undefined ? undefined : schema(node.output);
    const members = { input: schema(node.input), output, source: source(node.location) };
    declare(emission.layout.contract('flow', node.name), contract('flow', node.name, members), node.description);
  }
  for (const node of bySource(model, model.machines)) declareContext(node);
  return {
    imports: writer.imports(),
    declarations,
    ...(aliases.length === 0 ? {} : { aliases: `export { ${aliases.join(', ')} };` }),
  };

  function declareContext(node: MachineNode): void {
    writer.use(node.context.uses, node.context.text);
    declare(
      emission.layout.machineContext(node.name),
      userCode(node.context.text),
      `The context of the machine '${node.name}'.`,
    );
    visitStates(node, ({ name, context }) => {
      if (context === undefined) return;
      writer.use(context.uses, context.text);
      const about = `The context of the machine '${node.name}' while it is in '${name}'.`;
      declare(emission.layout.stateContext(node.name, name), userCode(context.text), about);
    });
  }
}

function reportMissing(emission: Emission, node: TaskNode): void {
  const { agents, tasks } = emission.model;
  const { agent } = node.model ?? {};
  if (agent !== undefined && !Object.hasOwn(agents, agent)) missing(emission, 'agent', agent, node.location);
  for (const { task } of toolsOf(emission.model, node))
    if (!Object.hasOwn(tasks, task)) missing(emission, 'task', task, node.location);
}

function schemasOf(node: EventNode | TaskNode | FlowNode): readonly SchemaNode[] {
  if (node.kind === 'event') return [node.payload];
  return node.output === undefined ? [node.input] : [node.input, node.output];
}

function source(location: Location): string {
  return quote(`${location.file}:${location.line}:${location.column}`);
}

function policy(node: TaskNode): Doc {
  return object(
    present({
      retry: retry(node.retry),
      timeout: text(node.timeout),
      totalTimeout: text(node.totalTimeout),
      heartbeat: text(node.heartbeat),
      concurrency: node.concurrency,
      queue: node.queue,
      rateLimit: node.rateLimit && rateLimits(node.rateLimit),
      priority: node.priority,
      breaker: node.breaker && breaker(node.breaker),
      cache: node.cache && object(present({ ttl: quote(node.cache.ttl) })),
      idempotent: node.idempotent === undefined ? undefined : String(node.idempotent),
    }),
  );
}

function rateLimits(limits: NonNullable<TaskNode['rateLimit']>): Doc {
  const one = ({ limit, per }: RateLimit): Doc => object(present({ limit, per: quote(per) }));
  return 'limit' in limits ? one(limits) : array(limits.map(one));
}

function breaker({ failures, rate, per, reset, halfOpen }: NonNullable<TaskNode['breaker']>): Doc {
  return object(present({ failures, rate, per: text(per), reset: quote(reset), halfOpen }));
}
