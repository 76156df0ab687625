import { implement } from 'millrace/tasks';
import { rentCar } from '../generated/trips/contracts.ts';
import { take } from './agency.ts';

export default implement(rentCar, async ({ id, city }) => await take('car', id, city));
