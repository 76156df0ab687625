import type { TaskNode } from '../../model/index.ts';

/** What of its context a task may use, a line each: what it did not declare is not named. */
export function worldLines({ needs = {} }: TaskNode): readonly string[] {
  const list = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');
  const { net = [], fs = [], env = [], resources = [] } = needs;
  return [
    '`signal`: aborts when the attempt is over. `idempotencyKey`: the same for all attempts of a step. `attempt`: from 1.',
    '`now(): number` (ms since 1970) and `newId(): string`.',
    '`logger.debug|info|warn|error(message, fields?)`. `emit(event(payload))` publishes an event of the contracts.',
    ...(net.length === 0 ? [] : [`\`fetch(url, init?)\`, as on the web, for the hosts ${list(net)}.`]),
    ...(fs.length === 0
      ? []
      : [
          `\`fs\`: \`readText(path)\`, \`readBytes(path)\`, \`write(path, content)\`, \`exists(path)\`, \`list(path)\`, \`remove(path)\`, all async, for the paths ${list(fs)}, relative to the project.`,
        ]),
    ...(env.length === 0 ? [] : [`\`env(name): string | undefined\`, for ${list(env)}.`]),
    ...(resources.length === 0
      ? []
      : [
          `\`resource(name)\`, for ${list(resources)}: \`env(name)\`, \`fetch(path, init?)\` of an http resource, \`rows(sql, parameters?)\` of a database (read only).`,
        ]),
  ];
}
