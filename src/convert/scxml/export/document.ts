import { ts } from 'ts-morph';
import { usedNames } from '../../../model/index.ts';
import { javascript } from './types.ts';
import type { Written } from './element.ts';
import type { ExportScope } from './scope.ts';
import { stateElement } from './states.ts';

const namespace = 'http://www.w3.org/2005/07/scxml';

/** A machine as a whole document. */
export function documentElement(scope: ExportScope): Written {
  const { machine, fields } = scope;
  const data = [...fields.values()].map(({ variable, initial }) => ({
    name: 'data',
    attributes: { id: variable, expr: initial === undefined ? undefined : javascript(initial) },
  }));
  const scripts = localScripts(scope);
  return {
    name: 'scxml',
    attributes: {
      xmlns: namespace,
      version: '1.0',
      datamodel: 'ecmascript',
      name: machine.name,
      initial: machine.initial.join(' '),
    },
    children: [
      ...(data.length === 0 ? [] : [{ name: 'datamodel', children: data }]),
      ...(scripts.length === 0 ? [] : [{ name: 'script', text: scripts.join('\n') }]),
      ...machine.states.map((state) => stateElement(scope, state)),
    ],
  };
}

/** The constants and functions that lambdas use, as scripts. */
function localScripts({ model, machine, report }: ExportScope): readonly string[] {
  // Schemas of states are left out, and what they need with them.
  const code = JSON.parse(
    JSON.stringify(machine.states, (key, value: unknown) => (key === 'context' ? undefined : value)),
  );
  return usedNames(model, code as object).flatMap((name) => {
    const imported = Object.hasOwn(model.imports, name) ? model.imports[name] : undefined;
    if (imported !== undefined && !imported.typeOnly)
      report('MR1722', `'${name}' comes from '${imported.from}': a document cannot import it.`, machine.location);
    const local = Object.hasOwn(model.locals, name) ? model.locals[name] : undefined;
    if (local === undefined || local.typeOnly) return [];
    const { outputText } = ts.transpileModule(local.text, {
      compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
    });
    return [outputText.trim()];
  });
}
