import { stripTypeScriptTypes } from 'node:module';
import * as runtime from 'millrace/machine';
import type { MachineNode, SystemModel } from 'millrace/model';
import { machineModule, type MachinePlan } from '../../src/compiler/machine/machine-module.ts';
import { createEmission } from '../../src/compiler/plan/emission.ts';
import { createLayout } from '../../src/compiler/plan/layout.ts';

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

/** The module of a machine, as the compiler prints it. */
export function printed(machine: MachineNode, model: SystemModel = systemOf(machine)): MachinePlan {
  const layout = createLayout(model, { outDir: 'generated', sourcePath: machine.location.file, tasksDir: 'tasks' });
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
  return new Function(
    'runtime',
    `'use strict'; const { ${names.join(', ')} } = runtime;\n${script}\nreturn ${exported};`,
  )(runtime) as runtime.CompiledMachine<unknown>;
}
