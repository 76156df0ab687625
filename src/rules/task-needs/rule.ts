import type { TaskNode } from '../../model/index.ts';
import type { Finding, Rule } from '../rule.ts';

/** Each entry of `needs` allows something. */
export const taskNeeds: Rule = {
  code: 'MR1260',
  name: 'task-needs',
  severity: 'error',
  check(model, report) {
    for (const task of Object.values(model.tasks)) {
      for (const { member, message, hint } of problemsOf(task.needs ?? {})) {
        report({
          message: `${message} (task '${task.name}')`,
          hint,
          path: `tasks.${task.name}.needs.${member}`,
          location: task.location,
          context: { ids: [task.name] },
        } satisfies Finding);
      }
    }
  },
};

interface Problem {
  readonly member: 'net' | 'fs' | 'env';
  readonly message: string;
  readonly hint: string;
}

const host = /^(?:\*\.)?(?:[a-z0-9_-]+\.)*[a-z0-9_-]+(?::\d+)?$|^\[[0-9a-f:.]+\](?::\d+)?$/i;

function* problemsOf({ net = [], fs = [], env = [] }: NonNullable<TaskNode['needs']>): Generator<Problem> {
  for (const entry of net) {
    if (host.test(entry)) continue;
    const url = URL.parse(entry);
    yield {
      member: 'net',
      message: `'${entry}' in \`needs.net\` is no host, so nothing would be allowed by it.`,
      hint:
        url !== null && url.host !== ''
          ? `Write '${url.host}'.`
          : "A host is written as 'api.example.org', 'localhost:8080' or '*.example.org'.",
    };
  }
  for (const entry of fs)
    if (entry.trim() === '' || entry.includes('\0') || entry.endsWith('/'))
      yield {
        member: 'fs',
        message: `'${entry}' in \`needs.fs\` is no pattern of files, so nothing would be allowed by it.`,
        hint: entry.endsWith('/') ? `Write '${entry}**' for all files below it.` : "Such as 'out/**' or 'prices.csv'.",
      };
  for (const entry of env)
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(entry))
      yield {
        member: 'env',
        message: `'${entry}' in \`needs.env\` is not the name of a variable.`,
        hint: "Write the name and nothing else: 'API_KEY'.",
      };
}
