import type { RunNode } from '../../../model/index.ts';
import { codeOf } from './code.ts';
import type { Written } from './element.ts';
import { fieldsOf } from './fields.ts';
import { codeScope, type ExportScope } from './scope.ts';

/** What a state runs, as `invoke`: a machine of the system with its document, anything else by its name alone. */
export function runElement(scope: ExportScope, run: RunNode): readonly Written[] {
  const { id, target, input, location } = run;
  const child = target.kind === 'machine' ? scope.model.machines[target.name] : undefined;
  const code = codeScope(scope, undefined);
  if (child === undefined || scope.outer.includes(child.name)) {
    scope.report(
      'MR1721',
      `SCXML knows no ${target.kind} '${target.name}': whoever runs the document has to provide it.`,
      location,
    );
    const params =
      input === undefined ? [] : [{ name: 'param', attributes: { name: 'input', expr: codeOf(input, code) } }];
    return [
      { name: 'invoke', attributes: { id, type: `millrace:${target.kind}`, src: target.name }, children: params },
    ];
  }
  const given = input === undefined ? undefined : codeOf(input, code);
  const params =
    given === undefined
      ? []
      : [...fieldsOf(child).values()].map(({ name, variable }) => ({
          name: 'param',
          attributes: { name: variable, expr: `(${given})[${JSON.stringify(name)}]` },
        }));
  const content = scope.document({
    ...scope,
    machine: child,
    fields: fieldsOf(child),
    outer: [...scope.outer, child.name],
  });
  return [
    {
      name: 'invoke',
      attributes: { id, type: 'scxml' },
      children: [...params, { name: 'content', children: [content] }],
    },
  ];
}
