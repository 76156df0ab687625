/**
 * What people decide in runs on Restate.
 *
 * @module
 */
import type { ServiceDefinition } from '@restatedev/restate-sdk';
import type { Place } from '../contract.ts';
import { decisionService } from './service.ts';

export { askDecision, decide, decisionView, leaveDecision } from './ask.ts';
export type { Asked, DecidedSignal } from './contract.ts';

export const decisionServices = (place: Place): readonly ServiceDefinition<string, unknown>[] => [
  decisionService(place),
];
