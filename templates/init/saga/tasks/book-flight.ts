import { implement } from 'millrace/tasks';
import { bookFlight } from '../generated/trips/contracts.ts';
import { take } from './agency.ts';

export default implement(bookFlight, async ({ id, city }) => await take('flight', id, city));
