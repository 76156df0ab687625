/** The Handlebars skeletons of generated modules, ours or the user's. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type Handlebars from 'handlebars';
import { MillraceError } from '../core/index.ts';

/** All templates. */
export const templateNames = ['header', 'shared', 'contracts', 'flow', 'machine', 'index', 'task'] as const;

/** The skeletons. `header` is a partial that the others begin with. */
export type TemplateName = (typeof templateNames)[number];

/** Texts of templates that replace ours, and of partials that they use. */
export type TemplateOverrides = Readonly<Partial<Record<TemplateName, string>>> & {
  readonly partials?: Readonly<Record<string, string>>;
};

/** Prints a skeleton with its plan. */
export type Render = (name: TemplateName, plan: object) => string;

const folder = fileURLToPath(new URL('../../templates/', import.meta.url));
const require = createRequire(import.meta.url);
// What the build makes of our templates. Where it is not there, as in the tests, they are compiled when they are used.
const built = fileURLToPath(new URL('templates.cjs', import.meta.url));
// The same as `handlebars/runtime`, in one file instead of twenty.
const runtime = 'handlebars/dist/handlebars.runtime.min.js';
let ours: Render | undefined;

/**
 * Reads the templates that a folder overrides: `flow.hbs`, `contracts.hbs` and so on. Templates that are not there
 * stay ours; a file with another name is a partial that they may use. `checkTemplates` says what is wrong with them.
 *
 * @example
 * ```ts
 * import { loadTemplates } from 'millrace/compiler';
 *
 * const templates = loadTemplates('./templates');
 * ```
 */
export function loadTemplates(path: string): TemplateOverrides {
  if (!existsSync(path)) return {};
  const files = readdirSync(path).filter((file) => file.endsWith('.hbs'));
  const texts = files.map((file) => [file.slice(0, -'.hbs'.length), readFileSync(join(path, file), 'utf8')] as const);
  const isOurs = ([name]: readonly [string, string]): boolean => templateNames.some((known) => known === name);
  const partials = texts.filter((each) => !isOurs(each));
  return {
    ...(Object.fromEntries(texts.filter(isOurs)) as Partial<Record<TemplateName, string>>),
    ...(partials.length > 0 && { partials: Object.fromEntries(partials) }),
  };
}

/** The text of a template as we have it. */
export function ourTemplate(name: TemplateName): string {
  return readFileSync(join(folder, `${name}.hbs`), 'utf8');
}

/**
 * Compiles the templates.
 *
 * @throws MillraceError MR1653 when a template of the user's cannot be parsed or rendered.
 */
export function createRender(overrides: TemplateOverrides = {}): Render {
  const isOwn = Object.keys(overrides).length === 0;
  if (isOwn && ours !== undefined) return ours;
  const template = isOwn && existsSync(built) ? precompiled() : fromText(overrides);
  const render: Render = (name, plan) => {
    try {
      return template(name)(plan);
    } catch (error) {
      throw new MillraceError(
        `The template '${name}.hbs' does not work: ${error instanceof Error ? error.message : String(error)}`,
        {
          code: 'MR1653',
          retryable: false,
          fault: 'input',
          cause: error,
        },
      );
    }
  };
  if (isOwn) ours = render;
  return render;
}

type Template = (plan: object) => string;

/** Our templates as the build left them: that takes neither a parser nor time. */
function precompiled(): (name: TemplateName) => Template {
  const handlebars = (require(runtime) as typeof Handlebars).create();
  const specs = require(built) as Readonly<Record<TemplateName, TemplateSpecification>>;
  const templates = new Map(templateNames.map((name) => [name, handlebars.template<object>(specs[name])]));
  handlebars.registerPartial('header', handlebars.template(specs.header));
  return (name) => templates.get(name) as Template;
}

function fromText(overrides: TemplateOverrides): (name: TemplateName) => Template {
  const handlebars = (require('handlebars') as typeof Handlebars).create();
  const read = (name: TemplateName): string => overrides[name] ?? ourTemplate(name);
  const compiled = new Map<TemplateName, Template>();
  handlebars.registerPartial({ ...overrides.partials, header: read('header') });
  return (name) => {
    // What is printed is code, not HTML: nothing is escaped. Values of the plan are escaped where they are made.
    const template =
      compiled.get(name) ?? handlebars.compile<object>(read(name), { noEscape: true, preventIndent: true });
    compiled.set(name, template);
    return template;
  };
}
