import { implement } from 'millrace/tasks';
import { cancelFlight } from '../generated/trips/contracts.ts';
import { giveBack } from './agency.ts';

export default implement(cancelFlight, async ({ reference }) => await giveBack('flight', reference));
