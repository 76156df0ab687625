import { basename, dirname } from 'node:path';
import { specifier } from '../../compiler/paths.ts';
import { literalOf, quoted } from '../../core/literal.ts';
import type { Subject, TaskCase, TestFilePlan } from '../contract.ts';

/** What of a subject its test file is printed from. */
type PrintedSubject = Pick<Subject, 'system' | 'task' | 'file' | 'testFile' | 'contract'>;

/** Names that the file uses itself. */
const taken = new Set(['describe', 'expect', 'it', 'sampleInputs', 'tryTask', 'input', 'inputs', 'came']);

/**
 * The tests of a task as a vitest file: the examples of its declaration first, then the cases of the model, then what its
 * schemas say. Everything in it that comes from elsewhere is a literal. The same plan gives the same text.
 */
export function printTests(subject: PrintedSubject, plan: TestFilePlan): string {
  const { task } = subject;
  const name = taken.has(subject.contract) ? `${subject.contract}Task` : subject.contract;
  const groups = [
    group(subject, name, 'the examples of its declaration', plan, 'declared'),
    group(subject, name, 'cases that a model wrote', plan, 'generated'),
    schemaGroup(subject, name, plan),
  ].filter((text) => text !== undefined);
  const isTodo = plan.todo === true;
  // Vitest calls a file without a test a failure.
  if (groups.length === 0)
    groups.push(
      `describe(${quoted(task.name)}, () => {\n  it.todo('does what its declaration says: it has no examples yet');\n});`,
    );
  const hasCases = plan.cases.length > 0;
  const own = [
    ...(hasSchemaTest(subject) ? ['sampleInputs'] : []),
    ...(hasCases || hasSchemaTest(subject) ? ['tryTask'] : []),
  ];
  const imports = isTodo
    ? ["import { describe, it } from 'vitest';"]
    : [
        ...(own.length === 0 ? [] : [`import { ${own.join(', ')} } from 'millrace/testing';`]),
        `import { describe, ${own.length === 0 ? '' : 'expect, '}it } from 'vitest';`,
        `import ${name} from ${quoted(specifier(dirname(subject.testFile), subject.file))};`,
      ];
  const head = `// Tests of the task ${quoted(task.name)} (${basename(subject.file)}). Written by \`dsl gen-task\`; from now on they are yours.`;
  return `${[head, ...imports].join('\n')}\n\n${groups.join('\n\n')}\n`;
}

function group(
  subject: PrintedSubject,
  name: string,
  title: string,
  plan: TestFilePlan,
  origin: TaskCase['origin'],
): string | undefined {
  const cases = plan.cases.filter((one) => one.origin === origin);
  if (cases.length === 0) return undefined;
  const tests = cases.map((one) => (plan.todo === true ? `  it.todo(${quoted(one.name)});` : test(subject, name, one)));
  return `describe(${quoted(`${subject.task.name}: ${title}`)}, () => {\n${tests.join(plan.todo === true ? '\n' : '\n\n')}\n});`;
}

function test(subject: PrintedSubject, name: string, { name: title, input, fakes, expect }: TaskCase): string {
  const given = [name, ...[input, ...(hasMembers(fakes) ? [fakes] : [])].map((one) => literal(one, 6))];
  const line = `const came = await tryTask(${given.join(', ')});`;
  const isLong = line.includes('\n') || line.length > 116;
  const lines = [isLong ? `const came = await tryTask(\n      ${given.join(',\n      ')},\n    );` : line];
  if ('error' in expect) lines.push(`expect([came.error?.code, came.error?.name]).toContain(${quoted(expect.error)});`);
  else {
    lines.push('expect(came.error).toBeUndefined();');
    const wanted = changesValues(subject)
      ? `${name}.contract.output.parse(${literal(expect.output, name.length + 50)})`
      : literal(expect.output, '    expect(came.output).toEqual('.length);
    lines.push(`expect(came.output).toEqual(${wanted});`);
  }
  if (expect.emits !== undefined) {
    lines.push(`expect(came.emitted).toHaveLength(${expect.emits.length});`);
    if (expect.emits.length > 0) lines.push(`expect(came.emitted).toMatchObject(${literal(expect.emits, 40)});`);
  }
  if (hasMembers(expect.files)) lines.push(`expect(came.files).toMatchObject(${literal(expect.files, 40)});`);
  return `  it(${quoted(title)}, async () => {\n${lines.map((line) => `    ${line}`).join('\n')}\n  });`;
}

function literal(value: unknown, column: number): string {
  return literalOf(value, { indent: column > 6 ? 4 : column, column, after: 2 });
}

const hasMembers = (value: object | undefined): boolean => value !== undefined && Object.keys(value).length > 0;

/** A task that asks the world has no answers for inputs that nobody thought of. */
function hasSchemaTest({ task }: PrintedSubject): boolean {
  return Object.values(task.needs ?? {}).every((one) => one === undefined || one.length === 0);
}

function schemaGroup(subject: PrintedSubject, name: string, plan: TestFilePlan): string | undefined {
  if (!hasSchemaTest(subject)) return undefined;
  const { task } = subject;
  const title = `describe(${quoted(`${task.name}: what its schemas say`)}, () => {`;
  const what = "'answers every input with an output that fits, or an error that it declares'";
  if (plan.todo === true) return `${title}\n  it.todo(${what});\n});`;
  const declared = [
    ...(task.errors ?? []),
    ...plan.cases.flatMap((one) => (one.origin === 'declared' && 'error' in one.expect ? [one.expect.error] : [])),
  ];
  const errors = [...new Set(declared)].map(quoted).join(', ');
  const allowed =
    errors === ''
      ? 'expect(came.error, JSON.stringify(input)).toBeUndefined();'
      : `if (came.error !== undefined)\n        expect([${errors}], JSON.stringify(input)).toSatisfy((declared: readonly string[]) =>\n          [came.error?.code, came.error?.name].some((one) => declared.includes(one ?? '')),\n        );`;
  return [
    title,
    `  it(${what}, async () => {`,
    `    const { inputs } = await sampleInputs(${name}.contract.input, { count: 40, seed: 5030 });`,
    '    for (const input of inputs) {',
    `      const came = await tryTask(${name}, input);`,
    `      ${allowed}`,
    '    }',
    '  });',
    '});',
  ].join('\n');
}

/** Does a schema of the system give something else than it takes? Then what is expected goes through it, too. */
function changesValues({ system }: PrintedSubject): boolean {
  return /\.(?:default|prefault|catch|transform|pipe|preprocess|codec|overwrite|trim|normalize|toLowerCase|toUpperCase|stringbool)\b|\bcoerce\b/.test(
    JSON.stringify(system),
  );
}
