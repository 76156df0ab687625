import { MigrationError } from '../../errors.ts';
import type { World } from '../world.ts';
import { machineName } from './names.ts';

/**
 * The machines in an order in which a machine that takes another one's name comes after it: so no instance is met twice.
 *
 * @throws MigrationError MR3506 for names that go round in a circle.
 */
export function machineOrder(world: World, machines: readonly string[]): readonly string[] {
  const steps = world.stepsFrom(world.from);
  const to = new Map(machines.map((name) => [name, steps.reduce((now, step) => machineName(step, now), name)]));
  const order: string[] = [];
  const visit = (name: string, way: readonly string[]): void => {
    if (order.includes(name)) return;
    if (way.includes(name)) {
      throw new MigrationError('MR3506', `The machines '${way.join("', '")}' take one another's names.`, {
        hint: 'Give them their names in two steps, with a free name in between.',
      });
    }
    const next = to.get(name);
    if (next !== undefined && next !== name && to.has(next)) visit(next, [...way, name]);
    order.push(name);
  };
  for (const name of machines) visit(name, []);
  return order;
}
