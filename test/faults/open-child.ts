/** Opens a database, which brings it up to date: `node open-child.ts DB`. */
import { openSqlite } from 'millrace/store';

openSqlite(process.argv[2] ?? '').close();
