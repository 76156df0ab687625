import { join } from 'node:path';
import { implement } from 'millrace/tasks';
import { writeComments } from '../../../generated/review/contracts.ts';
import { writeWhole } from '../desk/texts.ts';

/** One file a round, beside what it speaks about. */
export default implement(writeComments, ({ proposal, changeId, round, reviewer, findings, comment }) => {
  const file = join(proposal, `COMMENTS-${round}.md`);
  const lines = [
    `# ${changeId}, round ${round}: changes requested by ${reviewer}`,
    '',
    ...(comment === '' ? [] : [comment, '']),
    ...findings.map(({ path, line, rule, message }) => `- ${path}:${line}: ${message} (${rule})`),
  ];
  writeWhole(file, `${lines.join('\n').trimEnd()}\n`);
  return { file };
});
