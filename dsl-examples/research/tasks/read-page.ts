import { implement, NonRetryableError } from 'millrace/tasks';
import { readPage } from '../../../generated/research/contracts.ts';

export default implement(readPage, async ({ page }, { fs }) => {
  const path = `dsl-examples/research/library/${page}`;
  // A model may ask for any name: what is no page of the library is said, and what is outside is refused.
  if (!/^[\w-]+\.md$/.test(page) || !(await fs.exists(path)))
    throw new NonRetryableError(`There is no page '${page}'. Take a name that searchLibrary gives.`, {
      code: 'NO_SUCH_PAGE',
    });
  return { text: await fs.readText(path) };
});
