/** Holds the write lock of a database: `node holder.ts DB MS`. Says `held` when it has it. */
import { DatabaseSync } from 'node:sqlite';

const [file = '', ms = '0'] = process.argv.slice(2);
const db = new DatabaseSync(file, { timeout: 5000 });
db.exec('BEGIN IMMEDIATE');
console.log('held');
setTimeout(() => {
  db.exec('ROLLBACK');
  db.close();
}, Number(ms));
