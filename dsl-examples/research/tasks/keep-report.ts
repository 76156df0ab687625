import { implement } from 'millrace/tasks';
import { keepReport } from '../../../generated/research/contracts.ts';

export default implement(keepReport, async ({ jobId, question, report }, { fs }) => {
  const file = `.millrace/research/${jobId}.md`;
  await fs.write(file, `# ${report.title}\n\n> ${question}\n\n${report.text.trim()}\n`);
  return { file };
});
