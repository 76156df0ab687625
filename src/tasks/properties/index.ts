export { sampleInputs, type SampledInputs } from './sample-inputs.ts';
export type { UnsupportedPart } from './unsupported.ts';
