import { expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import type { EventMap, InstanceMap, MigrationStep, RunMap, StepParts } from '../step/step.ts';
import type { stepShape } from './shape.ts';

type Shape = z.infer<typeof stepShape>;
type Of<K extends 'instances' | 'runs' | 'events'> = NonNullable<Shape[K]>[string];

test('what is looked for is what the types allow', () => {
  expectTypeOf<keyof Shape>().toEqualTypeOf<keyof MigrationStep>();
  expectTypeOf<keyof NonNullable<Shape['down']>>().toEqualTypeOf<keyof StepParts>();
  expectTypeOf<keyof Of<'instances'>>().toEqualTypeOf<keyof InstanceMap>();
  expectTypeOf<keyof Extract<Of<'runs'>, { steps?: unknown }>>().toEqualTypeOf<keyof RunMap>();
  expectTypeOf<keyof Of<'events'>>().toEqualTypeOf<keyof EventMap>();
});
