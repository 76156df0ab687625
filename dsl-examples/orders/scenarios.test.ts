import { assertScenario, scenariosIn } from 'millrace/testing';
import { it } from 'vitest';
import orders from '../../generated/orders/index.ts';
import * as scenarios from './orders.scenarios.ts';

it.each(scenariosIn(scenarios))('$name', (each) => assertScenario(orders, each));
