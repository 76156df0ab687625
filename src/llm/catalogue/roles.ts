/** The roles of models, from the most able down. */
export const modelRoles = ['flagship', 'balanced', 'fast'] as const;

/** What a model is good for, by which one can be asked for without its name. */
export type ModelRole = (typeof modelRoles)[number];
