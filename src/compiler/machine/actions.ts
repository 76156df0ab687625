/** Blocks of actions as statements. */
import type { ActionNode } from '../../model/index.ts';
import { block, callWithOptions, hard, indent, object, type Doc } from '../text/doc.ts';
import { camelCase, quote } from '../text/names.ts';
import { argumentOf, valueOf, type Surroundings, type Value } from './lambdas.ts';
import { addFunction, type Printer } from './printer.ts';

interface Statement {
  readonly code: (context: string) => Doc;
  readonly assigns: boolean;
  readonly value: Value;
}

/** What a block of actions is in the code: statements to put in place, and whether they read the payload. */
export interface PrintedBlock {
  readonly statements: readonly Doc[];
  readonly readsPayload: boolean;
}

/** A block of actions. One that can throw becomes a function, so that what throws ends this block and nothing else. */
export function printActions(
  printer: Printer,
  actions: readonly ActionNode[],
  at: string,
  about: string,
  around: Surroundings,
): PrintedBlock {
  const statements = actions.map((action, index) =>
    statementOf(printer, action, { ...around, label: camelCase(`${around.label}.${index}`) }),
  );
  const [first] = statements;
  if (first === undefined) return { statements: [], readsPayload: false };
  const payload = around.payload ?? '';
  const reads = new Set(statements.flatMap(({ value }) => [...value.reads]));
  const readsPayload = reads.delete(payload);
  const { cell } = printer.local;
  if (reads.size === 0 && statements.every(({ value }) => value.safe)) {
    return { statements: statements.map(({ code }) => code(`${cell}.context`)), readsPayload };
  }
  const name = addFunction(printer, camelCase(around.label), about, () => ({
    parameters: [printer.parameter, ...(readsPayload ? [`${payload}: ${around.payloadType()}`] : [])],
    result: 'void',
    body: guarded(printer, statements, at),
  }));
  return { statements: [`${name}(${cell}${readsPayload ? `, ${payload}` : ''});`], readsPayload };
}

function guarded(printer: Printer, statements: readonly Statement[], at: string): readonly Doc[] {
  const { cell, thrown, at: counter } = printer.local;
  const readsContext = statements.some(({ value }) => value.reads.has('context'));
  // A later action sees what an earlier one assigned.
  const neededAfter = (index: number): boolean =>
    statements.slice(index + 1).some(({ value, assigns }) => assigns || value.reads.has('context'));
  const changes = readsContext && statements.some(({ assigns }, index) => assigns && neededAfter(index));
  const others = ['now', 'instanceId'].filter((name) => statements.some(({ value }) => value.reads.has(name)));
  const constants = [...(readsContext && !changes ? ['context'] : []), ...others];
  const throwing = statements.filter(({ value }) => !value.safe).length;
  const counted = statements.length > 1 && throwing > 0;
  const context = readsContext ? 'context' : `${cell}.context`;
  const lines = statements.flatMap(({ code, assigns, value }, index): readonly Doc[] => {
    const printed = code(context);
    const kept = assigns && changes && neededAfter(index) ? ['context = ', printed] : printed;
    return [...(counted && index > 0 && !value.safe ? [`${counter} = ${index};`] : []), kept];
  });
  const prelude = [
    ...(constants.length > 0 ? [`const { ${constants.join(', ')} } = ${cell};`] : []),
    ...(changes ? [`let { context } = ${cell};`] : []),
  ];
  if (throwing === 0) return [...prelude, ...lines];
  const failed = printer.writer.import('millrace/machine', 'failed');
  const where = counted ? `\`${at.replaceAll(/[`\\$]/g, '\\$&')}[\${${counter}}]\`` : quote(`${at}[0]`);
  return [
    ...prelude,
    ...(counted ? [`let ${counter} = 0;`] : []),
    tryCatch(printer, lines, [`${failed}(${cell}, ${where}, ${thrown});`]),
  ];
}

/** `try { … } catch (thrown) { … }` */
export function tryCatch(printer: Printer, body: readonly Doc[], handler: readonly Doc[]): Doc {
  return ['try ', block(body), ` catch (${printer.local.thrown}) `, block(handler)];
}

function statementOf(printer: Printer, action: ActionNode, around: Surroundings): Statement {
  const { cell } = printer.local;
  switch (action.kind) {
    case 'assign': {
      const value = valueOf(printer, action.value, `Partial<${printer.contextType}>`, around);
      return { value, assigns: true, code: (context) => [`${cell}.context = `, merged(value, context), ';'] };
    }
    case 'emit':
    case 'start': {
      const value = argumentOf(printer, action.call, around);
      const [target, given] = action.kind === 'emit' ? ['event', 'payload'] : ['flow', 'input'];
      const effect = object([
        `type: ${quote(action.kind)}`,
        `${target}: ${quote(action.call.target.name)}`,
        [`${given}: `, value.code],
      ]);
      return { value, assigns: false, code: () => [callWithOptions(`${cell}.effects.push`, [effect]), ';'] };
    }
    case 'raise': {
      const value = argumentOf(printer, action.call, around);
      const { name } = action.call.target;
      const alias = printer.machine.events.find((event) => event.name === name)?.alias ?? name;
      return {
        value,
        assigns: false,
        code: () => [
          callWithOptions(`${cell}.queue.push`, [object([`name: ${quote(alias)}`, ['payload: ', value.code]])]),
          ';',
        ],
      };
    }
    default:
      // Refused before printing begins.
      throw new Error(`The compiler does not print '${action.kind}'.`);
  }
}

/** The context with the fields that an assign gives. */
function merged({ text, code }: Value, context: string): Doc {
  const members = text === undefined ? undefined : membersOf(text);
  if (members !== undefined)
    return [
      '{',
      members.includes('\n')
        ? brokenMembers(members, context)
        : ` ...${context}${members === '' ? '' : `, ${members}`} `,
      '}',
    ];
  const simple = text === undefined || /^[\w$.]+(?:\([^()]*\))?$/.test(text);
  return object([`...${context}`, ['...', simple ? code : ['(', code, ')']]]);
}

function brokenMembers(members: string, context: string): Doc {
  const lines = members.split('\n');
  const depth = Math.min(
    ...lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length),
  );
  return [indent([hard, `...${context},`, ...lines.map((line) => [hard, line.slice(depth)])]), hard];
}

/** What stands between the braces when the text is one object literal; `undefined` when that is not certain. */
function membersOf(text: string): string | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  let depth = 0;
  const code = text.replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/gs, (literal) =>
    ' '.repeat(literal.length),
  );
  // A slash may begin a regular expression or a comment, in which quotes and braces mean nothing.
  if (code.includes('/')) return undefined;
  for (let index = 0; index < code.length; index += 1) {
    const unit = code[index];
    if (unit === '{') depth += 1;
    if (unit === '}' && --depth === 0 && index < code.length - 1) return undefined;
  }
  const inner = text.slice(1, -1).replaceAll('\r\n', '\n');
  if (!inner.includes('\n')) return inner.trim().replace(/,$/, '');
  // Lines may move when each holds whole members of its own.
  return /^\s*\n/.test(inner) && !inner.includes('`') ? inner.replace(/^\s*\n/, '').trimEnd() : undefined;
}
