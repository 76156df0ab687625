import { RestateError } from '../errors.ts';

/** The refusal of what the embedded engine does and Restate cannot. `instead`: what to do. */
export function cannot(what: string, instead: string): RestateError {
  return new RestateError('MR5230', `On Restate ${what}. ${instead}`, { fault: 'input' });
}
