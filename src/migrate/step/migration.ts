import type { MigrationStep } from './step.ts';

/**
 * Declares a step from one version of a system to a later one: the default export of a module in `migrations/`.
 *
 * @example
 * ```ts
 * import { migration } from 'millrace/migrate';
 *
 * export default migration({
 *   from: '1.0.0',
 *   to: '2.0.0',
 *   description: 'Payment and delivery are told apart',
 *   source: [{ op: 'rename', path: 'machines.order.states.paid', to: 'settled' }],
 *   instances: {
 *     order: {
 *       states: { paid: 'settled' },
 *       context: (context: { total: number }) => ({ ...context, currency: 'EUR' }),
 *     },
 *   },
 * });
 * ```
 */
export function migration(step: Omit<MigrationStep, 'kind'>): MigrationStep {
  return Object.freeze({ kind: 'migration', ...step });
}
