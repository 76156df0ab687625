/** Where a tool stands among the steps of its run: what its own tools have kept goes when the step does. */
export const toolPath = (step: string, place: string): string => `${step}/~${place.replaceAll(' ', '.')}`;

/** The step for which a tool was called, however deep. */
export const stepOf = (path: string): string => path.replace(/\/~tool\..*$/, '');
