import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type Handlebars from 'handlebars';

/** What is told to a model. */
export const promptNames = ['rules', 'task', 'repair', 'more-cases'] as const;
/** What is told to a model that changes a system in words: with a version of its own. */
type EditPromptName = 'edit' | 'edit-source';
export type PromptName = (typeof promptNames)[number] | EditPromptName;

/** Raised with every change of a template: results of different versions are not compared, and not taken for each other. */
export const promptVersion = '1';

const folder = fileURLToPath(new URL('../../../templates/prompts/', import.meta.url));
const require = createRequire(import.meta.url);
const compiled = new Map<PromptName, (plan: object) => string>();

/** The text of a template. */
export function promptTemplate(name: PromptName): string {
  return readFileSync(`${folder}${name}.hbs`, 'utf8');
}

/** A hash of all templates as they are. */
export function templatesHash(): string {
  const hash = createHash('sha256');
  for (const name of promptNames) hash.update(`${name}\n${promptTemplate(name)}`);
  return hash.digest('hex');
}

/** Fills a template in. Values stand there as they are: it is text, not HTML. */
export function renderPrompt(name: PromptName, plan: object): string {
  const had = compiled.get(name);
  if (had !== undefined) return had(plan).trimEnd();
  const handlebars = require('handlebars') as typeof Handlebars;
  const template = handlebars.create().compile<object>(promptTemplate(name), { noEscape: true, strict: true });
  compiled.set(name, template);
  return template(plan).trimEnd();
}
