/** Is this a code or an id of a project's own, with a prefix: `shop/task-names`? */
export const isCustomCode = (text: string): boolean => /^[a-z][\w.-]*\/[a-z][\w./-]*$/i.test(text);

/** What a rule can be set to. */
export const severities: readonly unknown[] = ['off', 'info', 'warning', 'error'];
