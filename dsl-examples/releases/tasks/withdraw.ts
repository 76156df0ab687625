import { rmSync } from 'node:fs';
import { implement } from 'millrace/tasks';
import { withdraw } from '../../../generated/releases/contracts.ts';

export default implement(withdraw, ({ file }) => rmSync(file, { force: true }));
