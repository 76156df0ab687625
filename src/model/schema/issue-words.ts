import type { z } from 'zod';

const nouns: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: '`null`',
};

function noun(type: string): string {
  return nouns[type] ?? type;
}

/** What is wrong with a value, as the end of a sentence, in the words of the notation and not of the schema library. */
export function issueWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    const received = /received (\S+)$/.exec(issue.message)?.[1];
    const found = received === undefined ? '' : `, but found ${received === 'undefined' ? 'nothing' : noun(received)}`;
    return `expected ${noun(issue.expected)}${found}`;
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value)));
    return `expected ${new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(values)}`;
  }
  if (issue.code === 'too_small' && issue.origin === 'string' && issue.minimum === 1) return 'it is empty';
  return issue.message;
}
