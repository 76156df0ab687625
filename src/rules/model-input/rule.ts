import { parsePrompt } from '../../core/index.ts';
import type { SystemModel, TaskModelNode, TaskNode } from '../../model/index.ts';
import { isPlain, membersOf } from '../kit/members.ts';
import { unknownName } from '../kit/words.ts';
import type { Finding, Rule } from '../rule.ts';

/** The prompt and the context of a task that a model performs name members that its input has. */
export const modelInput: Rule = {
  code: 'MR1244',
  name: 'model-input',
  severity: 'error',
  alsoWarns: true,
  check(model, report) {
    for (const task of Object.values(model.tasks)) {
      if (task.model === undefined) continue;
      const say = (member: string, found: Pick<Finding, 'message' | 'severity' | 'hint' | 'context'>): void =>
        report({ ...found, path: `tasks.${task.name}.model.${member}`, location: task.location });
      checkPrompt(model, task, task.model, say);
      checkShown(model, task, task.model, say);
    }
  },
};

type Say = (member: string, found: Pick<Finding, 'message' | 'severity' | 'hint' | 'context'>) => void;

function checkPrompt(model: SystemModel, task: TaskNode, { prompt }: TaskModelNode, say: Say): void {
  if (typeof prompt === 'object') return;
  const { parts, problems } = parsePrompt(prompt);
  for (const { text, why } of problems)
    say('prompt', {
      message: `In the prompt of task '${task.name}' stands '${text}': ${why}.`,
      hint: 'Between `{{` and `}}` stands a path into the input: {{ order.lines }}. For all else write a lambda.',
    });
  const members = membersOf(model, task.input);
  if (members === undefined) return;
  for (const part of parts) {
    const [first, second] = typeof part === 'string' ? [] : part.path;
    if (first === undefined) continue;
    if (members.includes(first)) {
      if (second !== undefined && isPlain(model, task.input, first))
        say('prompt', {
          message: `The prompt of task '${task.name}' names '${second}' of '${first}', which has no members: it is a text, a number or the like.`,
          hint: `Write {{ ${first} }}.`,
        });
      continue;
    }
    say('prompt', {
      message: `The prompt of task '${task.name}' names '${first}', which its input does not have.`,
      ...unknownName(first, members, 'member'),
    });
  }
  for (const [text, name = ''] of prompt.matchAll(/(?<![{$])\{\s*([\w$]+)(?:\.[\w$]+)*\s*\}(?!\})/g))
    if (members.includes(name))
      say('prompt', {
        severity: 'warning',
        message: `In the prompt of task '${task.name}' stands '${text}', which is told as it is: it does not name the member '${name}'.`,
        hint: `With two braces it would: {{ ${text.slice(1, -1).trim()} }}.`,
      });
  if (prompt.trim() === '') say('prompt', { message: `The prompt of task '${task.name}' is empty.` });
}

function checkShown(model: SystemModel, task: TaskNode, { context }: TaskModelNode, say: Say): void {
  const members = membersOf(model, task.input);
  const seen = new Set<string>();
  for (const one of context?.show ?? []) {
    const member = typeof one === 'string' ? one : one.member;
    if (members !== undefined && !members.includes(member))
      say('context.show', {
        message: `The context of task '${task.name}' shows '${member}', which its input does not have.`,
        ...unknownName(member, members, 'member'),
      });
    if (seen.has(member))
      say('context.show', {
        message: `The context of task '${task.name}' shows '${member}' twice.`,
        hint: 'Show it once, in the form that the model needs.',
        context: { actual: member },
      });
    seen.add(member);
  }
}
