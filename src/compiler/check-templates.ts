import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { nearest } from '../core/index.ts';
import type { Diagnostic } from '../model/index.ts';
import { asksOf, type Ask } from './template-names.ts';
import { ourTemplate, templateNames, type TemplateName } from './templates.ts';

const require = createRequire(import.meta.url);
const builtIn = new Set(['if', 'unless', 'each', 'with', 'lookup', 'log']);

/**
 * What is wrong with a folder of templates, by file, line and column: the folder is not there (MR1845); a file is no
 * template, or asks for a partial or helper that there is not (MR1653); it overrides nothing and nothing uses it (MR1846);
 * it asks for a value that this template does not get (MR1847). A folder without problems can be given to
 * `loadTemplates`.
 *
 * @example
 * ```ts
 * import { checkTemplates, loadTemplates } from 'millrace/compiler';
 *
 * const problems = checkTemplates('./templates');
 * const templates = problems.length === 0 ? loadTemplates('./templates') : {};
 * ```
 */
export function checkTemplates(folder: string): readonly Diagnostic[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    const message = `There is no folder '${folder}', which should hold templates.`;
    return [problem('MR1845', 'error', folder, start, message, 'Make it, or take `templates` out of dsl.config.ts.')];
  }
  const files = readdirSync(folder).filter((name) => name.endsWith('.hbs'));
  const names = files.map((file) => file.slice(0, -'.hbs'.length));
  const used = new Set<string>(templateNames);
  const found = files.map((file) => read(join(folder, file)));
  for (const each of found)
    if ('asks' in each) for (const { kind, name } of each.asks) if (kind === 'partial') used.add(name);
  return names.flatMap((name, index) => {
    const file = join(folder, files[index] ?? '');
    const each = found[index];
    if (each === undefined) return [];
    if ('message' in each) return [problem('MR1653', 'error', file, each, each.message)];
    if (!used.has(name)) {
      const like = nearest(name, templateNames);
      const hint = like === undefined ? `There are: ${templateNames.join(', ')}.` : `Did you mean '${like}.hbs'?`;
      return [problem('MR1846', 'warning', file, start, `'${file}' overrides no template, and none uses it.`, hint)];
    }
    return each.asks.flatMap((ask) => wrongAsk(ask, file, name, new Set([...names, 'header'])) ?? []);
  });
}

function wrongAsk(ask: Ask, file: string, template: string, partials: ReadonlySet<string>): Diagnostic | undefined {
  const { kind, name } = ask;
  if (kind === 'partial') {
    if (partials.has(name)) return undefined;
    return problem(
      'MR1653',
      'error',
      file,
      ask,
      `There is no partial '${name}'.`,
      `A file '${name}.hbs' in the folder is one.`,
    );
  }
  if (kind === 'helper') {
    if (builtIn.has(name)) return undefined;
    const hint = `There are: ${[...builtIn].join(', ')}.`;
    return problem('MR1653', 'error', file, ask, `There is no helper '${name}'.`, hint);
  }
  const known = valuesOf(template);
  if (known === undefined || known.has(name)) return undefined;
  const like = nearest(name, [...known]);
  const hint = like === undefined ? `It gets: ${[...known].join(', ')}.` : `Did you mean '${like}'?`;
  return problem(
    'MR1847',
    'warning',
    file,
    ask,
    `The template '${template}' gets no '${name}': nothing is printed there.`,
    hint,
  );
}

/** The values that a template gets: those that ours asks for. A partial of the user's gets those of whoever uses it. */
function valuesOf(template: string): ReadonlySet<string> | undefined {
  const name = templateNames.find((each) => each === template);
  if (name === undefined) return undefined;
  const asks = (of: TemplateName): readonly string[] =>
    asksOf(parser().parse(ourTemplate(of))).flatMap((ask) => (ask.kind === 'value' ? [ask.name] : []));
  return new Set([...asks('header'), ...asks(name)]);
}

/** What a file asks for, or why it is no template. */
function read(
  file: string,
): { readonly asks: readonly Ask[] } | { readonly message: string; readonly line: number; readonly column: number } {
  try {
    return { asks: asksOf(parser().parse(readFileSync(file, 'utf8'))) };
  } catch (thrown) {
    const { message, lineNumber, column } = thrown as Error & {
      readonly lineNumber?: number;
      readonly column?: number;
    };
    const line = lineNumber ?? Number(/^Parse error on line (\d+)/.exec(message)?.[1] ?? 1);
    const [near = ''] = message.replace(/^Parse error on line \d+:\n/, '').split('\n');
    const what = !message.startsWith('Parse error')
      ? message.split('\n').join(' ')
      : message.endsWith("got 'EOF'")
        ? 'it ends within a block or a tag.'
        : `this cannot be read, near \`${near.trim()}\`.`;
    return { message: `The template '${file}' does not work: ${what}`, line, column: (column ?? 0) + 1 };
  }
}

const start = { line: 1, column: 1 };

function problem(
  code: string,
  severity: 'error' | 'warning',
  file: string,
  { line, column }: { readonly line: number; readonly column: number },
  message: string,
  hint?: string,
): Diagnostic {
  const place = { file, line, column, endLine: line, endColumn: column };
  return { code, severity, message, ...place, ...(hint !== undefined && { hint }) };
}

/** Loaded when there are templates to look at. */
function parser(): { readonly parse: (text: string) => unknown } {
  return require('handlebars') as { readonly parse: (text: string) => unknown };
}
