import { stripTypeScriptTypes } from 'node:module';
import * as runtime from 'millrace/machine';
import type { MachineNode, SystemModel } from 'millrace/model';
import { machineModule, type MachinePlan } from '../../src/compiler/machine/machine-module.ts';
import { createEmission } from '../../src/compiler/plan/emission.ts';
import { createLayout } from '../../src/compiler/plan/layout.ts';
import { visitStates } from '../../src/model/visit/index.ts';
import { sketchSchema } from './sketch.ts';

/** A system with one machine in it, whose events have no contracts. */
export function systemOf(machine: MachineNode, rest: Partial<SystemModel> = {}): SystemModel {
  const { location } = machine;
  return {
    kind: 'system',
    schemaVersion: 1,
    name: 'sketch',
    version: '1.0.0',
    contexts: {},
    events: {},
    tasks: {},
    agents: {},
    resources: {},
    flows: {},
    machines: { [machine.name]: machine },
    locals: {},
    imports: {},
    files: [location.file],
    location,
    ...rest,
  };
}

const layoutOf = (machine: MachineNode, model: SystemModel) =>
  createLayout(model, { outDir: 'generated', sourcePath: machine.location.file, tasksDir: 'tasks' });

/** The contracts that a sketched machine needs while it runs: the contexts of its states. */
function contractsOf(machine: MachineNode): Readonly<Record<string, runtime.ContextSchema>> {
  const layout = layoutOf(machine, systemOf(machine));
  const found: Record<string, runtime.ContextSchema> = {};
  visitStates(machine, ({ name, context }) => {
    if (context !== undefined) found[layout.stateContext(machine.name, name)] = sketchSchema(context.text);
  });
  return found;
}

/** The module of a machine, as the compiler prints it. */
export function printed(machine: MachineNode, model: SystemModel = systemOf(machine)): MachinePlan {
  const layout = layoutOf(machine, model);
  const diagnostics: { readonly message: string }[] = [];
  const module = machineModule(machine, createEmission(model, layout, diagnostics as never));
  if (module === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return module.plan;
}

/** The compiled machine, loaded without a file. */
export function compiled(machine: MachineNode): runtime.CompiledMachine<unknown> {
  const { imports, body } = printed(machine);
  const names = [...imports.matchAll(/^import \{([^}]*)\} from 'millrace\/machine';/gms)].flatMap(([, list = '']) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type ')),
  );
  const exported = /^export const (\w+):/m.exec(body)?.[1] ?? '';
  const script = stripTypeScriptTypes(body).replaceAll(/^export const/gm, 'const');
  const contracts = contractsOf(machine);
  return new Function(
    'runtime',
    'contracts',
    `'use strict'; const { ${names.join(', ')} } = runtime; const { ${Object.keys(contracts).join(', ')} } = contracts;
${script}
return ${exported};`,
  )(runtime, contracts) as runtime.CompiledMachine<unknown>;
}
