import { Worker } from 'millrace/runtime';
import { system } from './system.ts';

// Works for the benchmark until it is told to end.
const [db = ''] = process.argv.slice(2);
const worker = new Worker(system, { db, concurrency: 25 });
process.on('message', () => void worker.close().then(() => process.disconnect?.()));
process.send?.('ready');
