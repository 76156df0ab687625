import { implement } from 'millrace/tasks';
import { addUp } from '../generated/words/contracts.ts';

export default implement(addUp, ({ values }) => ({ value: values.reduce((sum, value) => sum + value, 0) }));
