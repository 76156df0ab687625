import type { SystemModel } from '../nodes/system.ts';
import { parseSystem, type ParsedSystem } from '../schema/parse.ts';

/** Makes another system of one. What it gets is its own: nobody sees what it does to it. */
export type SystemTransformer = (system: SystemModel) => SystemModel;

/**
 * Hands a private copy of a system to a function, and checks what that gives: a frozen system that fits the model, or
 * diagnostics; MR1789 when the function throws. The system itself stays as it is. For changes that must follow
 * references use {@link applyEdits}.
 *
 * @example
 * ```ts
 * import { composeTransformers, transformSystem, type SystemModel } from 'millrace/model';
 *
 * const released = (system: SystemModel): SystemModel => ({ ...system, version: '2.0.0' });
 * const tagged = (system: SystemModel): SystemModel => ({ ...system, tags: [...(system.tags ?? []), 'released'] });
 * const release = (model: SystemModel) => transformSystem(model, composeTransformers(released, tagged)).system;
 * ```
 */
export function transformSystem(model: SystemModel, transform: SystemTransformer): ParsedSystem {
  let made: unknown;
  try {
    made = transform(structuredClone(model));
  } catch (error) {
    const { file, line, column, endLine, endColumn } = model.location;
    const message = `The function that was to transform system '${model.name}' threw: ${reasonOf(error)}`;
    return {
      diagnostics: [{ code: 'MR1789', severity: 'error', message, file, line, column, endLine, endColumn }],
    };
  }
  return parseSystem(made);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** One transformer of several, from first to last. Each gets a private copy of what the one before has made. */
export function composeTransformers(...transformers: readonly SystemTransformer[]): SystemTransformer {
  return (system) => transformers.reduce((made, transform) => structuredClone(transform(made)), system);
}
