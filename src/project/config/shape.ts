import { nearest } from '../../core/nearest.ts';
import type { Config as Written } from '../../dsl/index.ts';
import { isCustomCode, severities } from './codes.ts';
import { refused } from './refused.ts';
import { runtimeProblem } from './runtime-settings.ts';

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isRules = (value: unknown): boolean =>
  value !== null &&
  typeof value === 'object' &&
  Object.entries(value).every(
    ([code, to]) => (/^MR\d{4}$/.test(code) || isCustomCode(code)) && severities.includes(to),
  );

const isResources = (value: unknown): boolean =>
  value !== null &&
  typeof value === 'object' &&
  Object.values(value).every(
    (one: { readonly file?: unknown; readonly baseUrl?: unknown } | null) =>
      isText(one?.file) || (isText(one?.baseUrl) && URL.canParse(one?.baseUrl as string)),
  );

const isRestate = (value: unknown): boolean =>
  value !== null &&
  typeof value === 'object' &&
  Object.entries(value).every(
    ([name, address]) =>
      (name === 'ingress' || name === 'admin') &&
      isText(address) &&
      URL.canParse(address as string) &&
      /^https?:$/.test(new URL(address as string).protocol),
  );

const shape: Readonly<Record<keyof Written, readonly [is: (value: unknown) => boolean, what: string]>> = {
  globs: [(value) => Array.isArray(value) && value.length > 0 && value.every(isText), 'a list of globs'],
  out: [isText, 'a folder'],
  db: [isText, 'a file'],
  engine: [(value) => value === 'embedded' || value === 'restate', "'embedded' or 'restate'"],
  restate: [
    isRestate,
    `addresses of a server, such as { ingress: 'http://127.0.0.1:8080', admin: 'http://127.0.0.1:9070' }`,
  ],
  resources: [
    isResources,
    `names with a SQLite file or an address, such as { books: { file: 'books.db' }, shop: { baseUrl: 'http://localhost:8080' } }`,
  ],
  runtime: [
    (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
    'an object of options of the runtime',
  ],
  models: [
    (value) => isText(value) || (value !== null && typeof value === 'object' && !Array.isArray(value)),
    'an object of settings of models, or a file that has them',
  ],
  templates: [isText, 'a folder'],
  maxWarnings: [(value) => Number.isInteger(value) && Number(value) >= 0, 'a whole number'],
  customRules: [(value) => Array.isArray(value), 'a list of rules, each made with `defineRule` of millrace/rules'],
  extensions: [
    (value) => Array.isArray(value),
    'a list of extensions, each made with `defineExtension` of millrace/rules',
  ],
  rules: [isRules, `codes with a severity, such as { MR1212: 'off' }`],
};

/** Refuses what a config cannot say. @throws CliError MR2005 */
export function checkShape(file: string, value: unknown, cwd: string): Written {
  const refuse = (key: string | undefined, message: string, hint: string): never => {
    throw refused('MR2005', { file, cwd, key }, message, hint);
  };
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return refuse(undefined, 'the config is not an object.', 'Write `export default defineConfig({ ... })`.');
  }
  for (const [key, member] of Object.entries(value)) {
    const rule = Object.hasOwn(shape, key) ? shape[key as keyof Written] : undefined;
    if (rule === undefined) {
      const like = nearest(key, Object.keys(shape));
      const known = `The config knows ${Object.keys(shape).join(', ')}.`;
      refuse(key, `there is no setting '${key}'.`, like === undefined ? known : `Did you mean '${like}'? ${known}`);
    } else if (!rule[0](member)) {
      refuse(key, `'${key}' should be ${rule[1]}.`, `It is ${JSON.stringify(member) ?? typeof member}.`);
    }
  }
  const { runtime } = value as Written;
  const problem = runtimeProblem(runtime);
  if (problem !== undefined) refuse(problem.key, problem.message, problem.hint);
  return value;
}
