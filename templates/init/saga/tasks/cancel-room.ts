import { implement } from 'millrace/tasks';
import { cancelRoom } from '../generated/trips/contracts.ts';
import { giveBack } from './agency.ts';

export default implement(cancelRoom, async ({ reference }) => await giveBack('room', reference));
