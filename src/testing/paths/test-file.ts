import { keyOf, literalOf, quoted } from '../../core/literal.ts';
import type { Expectation, PathStep, TransitionPath, TransitionPaths } from './types.ts';

/** Where the generated test finds what it tests. */
export interface PathsTestOptions {
  /** The line at the top, without `//`. */
  readonly header: string;
  /** The compiled machine: its exported name, and the specifier of its module as the test sees it. */
  readonly machine: { readonly name: string; readonly from: string };
  /** The schema of its context. */
  readonly context: { readonly name: string; readonly from: string };
}

/**
 * Prints paths as a vitest file that drives the compiled machine: one `it` a path, one expectation a step. The same
 * paths always give the same text.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { loadSystemFromDsl } from 'millrace/source';
 * import { pathsTestFile, transitionPaths } from 'millrace/testing';
 *
 * const system = await loadSystemFromDsl('orders.dsl.ts', { live: true });
 * const text = pathsTestFile(transitionPaths(system, 'order'), {
 *   header: 'Written by tools/paths.ts.',
 *   machine: { name: 'order', from: './generated/orders/machines/order.ts' },
 *   context: { name: 'orderContext', from: './generated/orders/contracts.ts' },
 * });
 * writeFileSync('order.paths.test.ts', text);
 * ```
 */
export function pathsTestFile(found: TransitionPaths, options: PathsTestOptions): string {
  const { machine, context } = options;
  const taken = new Set(['begin', 'changesOf', 'createActor', 'effectText', 'expect', 'it', 'instance', 'undefined']);
  const [machineName, machineImport] = imported(machine.name, 'machine', taken);
  const [contextName, contextImport] = imported(context.name, 'contextSchema', taken);
  const { names, constants } = shared(found, taken);
  const sources = [
    [context.from, contextImport],
    [machine.from, machineImport],
  ].toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1));
  const total = found.covered.length + found.uncovered.length;
  const count = found.paths.length === 1 ? 'One path' : `${found.paths.length} paths`;
  const missing = found.uncovered.map(({ transition, why }) => `\n// Not taken: ${transition}: ${why}`);
  return `// ${options.header}
import { createActor } from 'millrace/machine';
import { changesOf, effectText } from 'millrace/testing';
import { expect, it } from 'vitest';
${sources.map(([from = '', what]) => `import { ${what} } from ${quoted(from)};`).join('\n')}

// ${count} through the machine ${JSON.stringify(found.machine)}, taking ${found.covered.length} of its ${total} transitions.${missing.join('')}

/** An instance at its start. Nobody carries out what it asks for: timers, work and its own messages come from the test. */
function begin(context: unknown) {
  let now = Date.parse('${new Date(found.now).toISOString()}');
  let asked: string[] = [];
  let handled = false;
  let before = {};
  const actor = createActor(${machineName}, ${contextName}.parse(context), {
    instanceId: ${quoted(found.instanceId)},
    now: () => now,
    onEffects: (effects) => asked.push(...effects.map(effectText)),
  });
  actor.subscribe(() => (handled = true));
  return {
    /** Sends it an event, and says whether it took a transition. */
    send(name: string, payload?: unknown) {
      handled = false;
      actor.send({ name, payload });
      return handled ? 'taken' : 'not taken';
    },
    pass: (milliseconds: number) => (now += milliseconds),
    /** The states it is in; since the last look, what it has asked its host to do, and what has changed in its context. */
    look() {
      const { state, context } = actor.getSnapshot();
      const seen = { state, asked, changed: changesOf(before, context) };
      [asked, before] = [[], context];
      return seen;
    },
    end() {
      const { status, output } = actor.getSnapshot();
      return { status, output };
    },
  };
}
${constants}${found.paths.map((path) => `\n${testOf(path, names)}`).join('')}`;
}

function testOf(path: TransitionPath, names: ReadonlyMap<string, string>): string {
  const states = [path.start, ...path.steps.map(({ expect }) => expect)].map(({ state }) => state.join(' + '));
  const trail = states.filter((state, index) => state !== states[index - 1]).join(' → ');
  return [
    `// ${trail}`,
    `it(${quoted(titleOf(path))}, () => {`,
    `  const instance = begin(${literalOf(path.context, { indent: 2, column: 27, after: 2 }, names)});`,
    `  ${lookOf(path.start, names)}`,
    ...path.steps.flatMap((step) => ['', ...stepOf(step, names)]),
    '',
    `  ${assertion('instance.end()', { status: path.end.status, output: path.end.output }, names)}`,
    '});',
    '',
  ].join('\n');
}

function titleOf({ covers, refuses }: TransitionPath): string {
  const shorten = (all: readonly string[]): string =>
    sentence(all.length > 4 ? [...all.slice(0, 3), `${all.length - 3} more`] : all);
  return covers.length > 0 ? `takes ${shorten(covers)}` : `meets a guard that does not hold: of ${shorten(refuses)}`;
}

function stepOf({ event, payload, wait, expect }: PathStep, names: ReadonlyMap<string, string>): readonly string[] {
  const lines = [`  // ${expect.taken.length === 0 ? 'Nothing is taken.' : expect.taken.join(', ')}`];
  if (expect.refused !== undefined) lines.push(`  // Does not hold: the guard of ${expect.refused.join(', ')}.`);
  if (expect.errors !== undefined) lines.push(...expect.errors.map((error) => `  // It throws: ${oneLine(error)}`));
  if (wait > 0) lines.push(`  instance.pass(${wait}); // ${spanOf(wait)}`);
  const head = `expect(instance.send(${quoted(event)}`;
  const tail = `).toBe('${expect.taken.length === 0 ? 'not taken' : 'taken'}');`;
  const place = { indent: 2, column: head.length + 4, after: tail.length + 1 };
  lines.push(`  ${head}${payload === undefined ? '' : `, ${literalOf(payload, place, names)}`})${tail}`);
  lines.push(`  ${lookOf(expect, names)}`);
  return lines;
}

function lookOf({ state, asked, changed }: Expectation, names: ReadonlyMap<string, string>): string {
  return assertion('instance.look()', { state, asked, changed }, names);
}

function assertion(what: string, value: unknown, names: ReadonlyMap<string, string>): string {
  const head = `expect(${what}).toStrictEqual(`;
  return `${head}${literalOf(value, { indent: 2, column: head.length + 2, after: 2 }, names)});`;
}

/** The payloads that are sent more than once get a name. */
function shared(
  { paths }: TransitionPaths,
  taken: Set<string>,
): { readonly names: ReadonlyMap<string, string>; readonly constants: string } {
  const uses = new Map<string, { readonly step: PathStep; count: number }>();
  for (const step of paths.flatMap(({ steps }) => steps)) {
    if (typeof step.payload !== 'object' || step.payload === null || Object.keys(step.payload).length < 2) continue;
    const key = keyOf(step.payload);
    const use = uses.get(key) ?? { step, count: 0 };
    use.count++;
    uses.set(key, use);
  }
  const names = new Map<string, string>();
  let constants = '';
  for (const [key, { step, count }] of uses) {
    if (count < 2) continue;
    const name = freshName(step.kind === 'failed' ? 'failure' : identifierOf(step), taken);
    const head = `const ${name} = `;
    constants += `\n${head}${literalOf(step.payload, { indent: 0, column: head.length, after: 1 })};`;
    names.set(key, name);
  }
  return { names, constants: constants === '' ? '' : `${constants}\n` };
}

function identifierOf({ kind, event }: PathStep): string {
  const text = kind === 'done' ? `${event.slice('done.run.'.length)}.done` : event;
  const camel = text.replaceAll(/[^\w$]+(\w?)/g, (_, letter: string) => letter.toUpperCase());
  return /^[A-Za-z_$]/.test(camel) ? camel : `event${camel}`;
}

function imported(name: string, otherwise: string, taken: Set<string>): readonly [string, string] {
  const own = taken.has(name) ? freshName(otherwise, taken) : name;
  taken.add(own);
  return [own, own === name ? name : `${name} as ${own}`];
}

function freshName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name) || reserved.has(name); count++) name = `${wanted}${count}`;
  taken.add(name);
  return name;
}

const reserved = new Set(
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield'.split(
    ' ',
  ),
);

function sentence(words: readonly string[]): string {
  if (words.length === 0) return 'nothing new';
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** 1_209_600_000 as people say it: 14d. */
function spanOf(milliseconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1000, 's'],
    [1, 'ms'],
  ];
  const [size, unit] = units.find(([size]) => milliseconds % size === 0) ?? [1, 'ms'];
  return `${milliseconds / size}${unit}`;
}
