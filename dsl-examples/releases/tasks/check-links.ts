import { implement, NonRetryableError } from 'millrace/tasks';
import { checkLinks } from '../../../generated/releases/contracts.ts';
import { linksOf, textOf } from '../press/files.ts';

export default implement(checkLinks, ({ folder, pages }) => {
  let links = 0;
  for (const page of pages) {
    for (const to of linksOf(textOf(folder, page))) {
      if (!pages.includes(to))
        throw new NonRetryableError(`${page} links to ${to}, which is not there.`, { code: 'DEAD_LINK' });
      links++;
    }
  }
  return { links };
});
