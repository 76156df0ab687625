import { flow, system, task } from 'millrace';
import { z } from 'zod';

export default system('contacts', { version: '1.0.0', description: 'Brings contacts from a spreadsheet into the address book.' });

/** What is handed from stage to stage: the file with the rows as they are by then. */
const Rows = z.object({ data: z.string() });

const stage = {
  input: Rows,
  output: Rows,
  retry: { attempts: 3, backoff: 'exponential', delay: '200ms' },
  timeout: '30s',
  idempotent: true,
} as const;

/** Reads a CSV file: one JSON row a line. */
export const readRows = task('readRows', stage);

/** Drops rows without an address, and those that are there twice. */
export const cleanRows = task('cleanRows', stage);

/** Puts the rows into the address book, by address: doing it twice changes nothing. */
export const storeRows = task('storeRows', stage);

/** Stage after stage; what is done is not done again after a crash. */
export const importContacts = flow('importContacts', { input: Rows, output: Rows }, (f) => f
  .step('read', ({ input }) => readRows({ data: input.data }))
  .step('clean', ({ read }) => cleanRows({ data: read.data }))
  .step('store', ({ clean }) => storeRows({ data: clean.data }))
  .returns(({ store }) => ({ data: store.data })));
