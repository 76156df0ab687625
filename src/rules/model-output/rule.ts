import type { Rule } from '../rule.ts';

/** A task that a model performs gives something: an answer is JSON, and nothing is none. */
export const modelOutput: Rule = {
  code: 'MR1248',
  name: 'model-output',
  severity: 'error',
  check(model, report) {
    for (const { name, output, model: performer, location } of Object.values(model.tasks)) {
      if (performer === undefined) continue;
      const [, kind] = /^\s*z\s*\.\s*(void|undefined|never)\s*\(/.exec(output.text) ?? [];
      if (kind === undefined) continue;
      report({
        message: `Task '${name}' is performed by a model, and its output is \`z.${kind}()\`, which no model can write.`,
        hint: 'Let it give something, if only `z.object({ done: z.boolean() })`.',
        path: `tasks.${name}.output`,
        location,
        context: { ids: [name], actual: kind },
      });
    }
  },
};
