import { implement } from 'millrace/tasks';
import { returnCar } from '../generated/trips/contracts.ts';
import { giveBack } from './agency.ts';

export default implement(returnCar, async ({ reference }) => await giveBack('car', reference));
