import { canonicalJson } from '../../core/index.ts';
import type { EventNode, SystemModel, TaskNode } from '../../model/index.ts';
import { docComment, quote } from '../../model/text/names.ts';

/** A task as its source says it, without what its code does not see. */
export function printTask(task: TaskNode): string {
  const { name, description, input, output, errors = [], needs, idempotent } = task;
  const members = [
    `input: ${input.text},`,
    `output: ${output.text},`,
    ...(errors.length === 0 ? [] : [`errors: [${errors.map(quote).join(', ')}],`]),
    ...(needs === undefined ? [] : [`needs: ${canonicalJson(needs)},`]),
    ...(idempotent === true ? ['idempotent: true,'] : []),
  ];
  const lines = members.flatMap((member) => member.split('\n')).map((line) => `  ${line}`);
  return [...doc(description), `task(${quote(name)}, {`, ...lines, '})'].join('\n');
}

export function printEvent({ name, description, payload }: EventNode): string {
  return [...doc(description), `event(${quote(name)}, { payload: ${payload.text} })`].join('\n');
}

/** The declarations that some code reaches, as they are written. */
export function printLocals(model: SystemModel, names: readonly string[]): string {
  return names
    .flatMap((name) => (Object.hasOwn(model.locals, name) ? [model.locals[name]!] : []))
    .sort(
      (first, second) =>
        first.location.file.localeCompare(second.location.file) || first.location.line - second.location.line,
    )
    .map(({ text }) => text)
    .join('\n');
}

/** What its author said of a definition for those who write code. */
export function printHints({ hints }: TaskNode): string | undefined {
  if (hints === undefined) return undefined;
  const list = (title: string, lines: readonly string[] | undefined): readonly string[] =>
    lines === undefined || lines.length === 0 ? [] : [title, ...lines.map((line) => `- ${line}`)];
  const all = [
    ...list('What the words mean:', hints.concepts),
    ...list('Rules of the business:', hints.rules),
    ...list('Has to do with:', hints.related),
  ];
  return all.length === 0 ? undefined : all.join('\n');
}

/** Examples as the user declared them. */
export function printExamples({ examples = [] }: TaskNode): string | undefined {
  if (examples.length === 0) return undefined;
  return examples
    .map(({ description, input, output, error }, index) => {
      const result = error === undefined ? `gives ${canonicalJson(output ?? null)}` : `fails with ${error}`;
      return `${index + 1}. ${description ?? 'example'}: ${canonicalJson(input)} ${result}`;
    })
    .join('\n');
}

function doc(description: string | undefined): readonly string[] {
  return description === undefined ? [] : [docComment(description)];
}
