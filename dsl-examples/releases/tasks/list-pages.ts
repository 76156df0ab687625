import { implement } from 'millrace/tasks';
import { listPages } from '../../../generated/releases/contracts.ts';
import { pagesOf } from '../press/files.ts';

export default implement(listPages, ({ folder }) => pagesOf(folder));
