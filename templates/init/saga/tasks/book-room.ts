import { implement } from 'millrace/tasks';
import { bookRoom } from '../generated/trips/contracts.ts';
import { take } from './agency.ts';

export default implement(bookRoom, async ({ id, city }) => await take('room', id, city));
