import { implement } from 'millrace/tasks';
import { countWords } from '../../../generated/releases/contracts.ts';
import { textOf } from '../press/files.ts';

export default implement(countWords, ({ folder, pages }) => ({
  words: pages.reduce((sum, page) => sum + (textOf(folder, page).match(/\p{L}+/gu)?.length ?? 0), 0),
}));
