import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { implement } from 'millrace/tasks';
import { knock } from '../../../generated/releases/contracts.ts';

export default implement(knock, ({ mirrors, mirror }) => {
  if (existsSync(join(mirrors, mirror, 'open'))) return { mirror };
  throw Object.assign(new Error(`the mirror ${mirror} is closed`), { code: 'CLOSED' });
});
