import { failedOf } from '../../core/index.ts';
import type { FlowNode, Location, StepNode } from '../../model/index.ts';
import { stepParts, visitSteps } from '../../model/visit/index.ts';
import type { ModuleWriter } from '../module-writer.ts';
import type { Emission } from '../plan/emission.ts';
import { missing } from '../plan/missing.ts';
import { userCode, wordsOf } from '../../model/text/code.ts';
import type { Doc } from '../../model/text/doc.ts';
import { access, freeName } from '../../model/text/names.ts';
import type { printPart } from './body.ts';
import type { FlowContext } from './step-printer.ts';

interface Wait {
  readonly event: string;
  readonly fields: readonly string[];
}

/** The context of one flow's module. */
export interface ModuleContext extends FlowContext {
  /** The names that the contracts have in this module. */
  readonly contracts: readonly string[];
  /** What people fill in, by the path of the step: their schemas as code. */
  readonly forms: ReadonlyMap<string, Doc>;
  /** The name of the constant that has them. */
  readonly formsName: string;
  /** The waits found so far. */
  readonly waiting: readonly Wait[];
}

// Names in the scope of every lambda. A contract that is called like one of them gets another name in the module.
const ambient = ['host', 'input', 'item', 'index', 'error', 'value', 'now', 'runId'];

/** Imports the contracts that a flow names, before its steps take names, and binds the printers to its module. */
export function createContext(
  node: FlowNode,
  emission: Emission,
  writer: ModuleWriter,
  part: typeof printPart,
): ModuleContext {
  const { model } = emission;
  const steps: StepNode[] = [];
  const paths = new Map<StepNode, string>();
  visitSteps(node, (step, { path }) => {
    steps.push(step);
    paths.set(step, path);
  });
  const ids = steps.flatMap((step) => ('id' in step ? [step.id] : []));
  const avoid = new Set([...ambient, ...ids, ...parameterWords(node)]);
  const contracts = new Map<string, string>();
  let failureOf: string | undefined;
  const known = { task: model.tasks, flow: model.flows, event: model.events };
  const contract = (kind: 'task' | 'flow' | 'event' | 'machine', name: string, location: Location): string => {
    if (kind === 'machine' || !Object.hasOwn(known[kind], name)) {
      if (kind === 'machine') emission.unsupported('a machine as the target of a call', location);
      else missing(emission, kind, name, location);
      return 'undefined';
    }
    const key = `${kind} ${name}`;
    const local = contracts.get(key) ?? writer.contract(kind, name, { avoid });
    contracts.set(key, local);
    return local;
  };
  const event = (name: string, location: Location): string => {
    const of = Object.hasOwn(model.events, name) ? undefined : failedOf(name);
    if (of === undefined) return contract('event', name, location);
    const failing = contract(Object.hasOwn(model.flows, of) ? 'flow' : 'task', of, location);
    failureOf ??= writer.import('millrace/flow', 'failureOf', { wanted: freeName('failureOf', avoid) });
    return `${failureOf}(${failing})`;
  };
  for (const step of steps) {
    for (const { call } of stepParts(step).calls ?? []) contract(call.target.kind, call.target.name, call.location);
    if (step.kind === 'waitFor') event(step.event, step.location);
  }
  const forms = new Map<string, Doc>();
  for (const step of steps) {
    if (step.kind !== 'approve' || step.form === undefined) continue;
    writer.use(step.form.uses, step.form.text);
    forms.set(paths.get(step) ?? '', userCode(step.form.text));
  }
  const formsName = forms.size === 0 ? '' : writer.declare(freeName('forms', avoid));
  const waiting: Wait[] = [];
  const context: ModuleContext = {
    contracts: [...contracts.values()],
    forms,
    formsName,
    form: (step) => `${formsName}${access(paths.get(step) ?? '')}`,
    waiting,
    use: (keys, text) => writer.use(keys, text),
    target: ({ target, location }) => contract(target.kind, target.name, location),
    event,
    waits: (event, fields) => {
      const known = waiting.some((one) => one.event === event && one.fields.join('\0') === fields.join('\0'));
      if (!known) waiting.push({ event, fields });
    },
    unsupported: emission.unsupported,
    unknown: (name, expression) =>
      emission.report(
        {
          code: 'MR1651',
          message: `The lambda reads '${name}', which is not in its scope.`,
          hint: 'Read the input or an earlier step.',
        },
        expression.location,
      ),
    part: (body, scope, parameters, type) => part(body, scope, context, parameters, type),
    hostType: writer.import('millrace/flow', 'Host', { typeOnly: true }),
  };
  return context;
}

/** Words in the parameters of lambdas: names that such a parameter may bind. */
function parameterWords(value: unknown): readonly string[] {
  if (value === null || typeof value !== 'object') return [];
  const own = 'parameter' in value && typeof value.parameter === 'string' ? [...wordsOf(value.parameter)] : [];
  return [...own, ...Object.values(value).flatMap(parameterWords)];
}
