import { checkValue } from '../../tasks/index.ts';
import type { Diagnostic } from '../../model/index.ts';
import type { Subject, TaskCase } from '../contract.ts';
import { textOf } from '../sandbox/judge.ts';
import type { LiveContract } from '../stage/load-contracts.ts';
import { problemOf } from './problems.ts';

/** What is wrong with cases before any code is tried on them: a case that fits no contract can hold for nothing. */
export function checkCases(cases: readonly TaskCase[], subject: Subject, live: LiveContract): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  const names = new Set<string>();
  for (const one of cases) {
    const tell = (why: string): void =>
      void problems.push(problemOf(subject, 'MR5047', `The ${one.origin} case '${one.name}' ${why}.`));
    if (names.has(one.name)) tell('has the name of another one');
    names.add(one.name);
    for (const url of openUrls(one.fakes))
      tell(
        `has a fake that answers '${url}', so whatever is asked: a wrong address would pass. Name the host and the path`,
      );
    const { expect } = one;
    const input = checkValue(live.input, one.input);
    // That it refuses an input is what a contract does, not what code does.
    if (!input.ok && !('error' in expect && ['MR3101', 'TaskInputError'].includes(expect.error)))
      tell(`gives the task ${textOf(one.input)}, which its input does not take: ${input.problems}`);
    if ('output' in expect) {
      const output = checkValue(live.output, expect.output);
      if (!output.ok) tell(`expects ${textOf(expect.output)}, which is no output of the task: ${output.problems}`);
    }
    for (const { event, payload } of expect.emits ?? []) {
      const schema = Object.hasOwn(live.events, event) ? live.events[event] : undefined;
      if (schema === undefined) tell(`expects the event '${event}', which the system does not have`);
      else if (payload !== undefined) {
        const checked = checkValue(schema, payload);
        if (!checked.ok) tell(`expects '${event}' with ${textOf(payload)}: ${checked.problems}`);
      }
    }
  }
  return problems;
}

/** Addresses of fakes that fit any host, or any path of a resource. */
function openUrls({ fetch = [], resources = {} }: NonNullable<TaskCase['fakes']> = {}): readonly string[] {
  const isOpen = (url: string): boolean => url.includes('*') && !/^https?:\/\/(?:\*\.)?[^*/?#]+(?:[/?#]|$)/i.test(url);
  return [
    ...fetch.map(({ url }) => url).filter(isOpen),
    ...Object.values(resources).flatMap((one) =>
      (one.fetch ?? []).map(({ url }) => url).filter((url) => /^\/?\*+$/.test(url)),
    ),
  ];
}
