import { modelFormat } from '../nodes/system.ts';
import type { FileFormat } from './format.ts';

/** The format of a model as JSON. Format 1 is the first one: there is nothing to bring up yet. */
export const modelFile: FileFormat = { what: 'a model', field: 'schemaVersion', current: modelFormat, steps: [] };
