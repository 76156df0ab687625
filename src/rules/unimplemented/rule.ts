import { kebabCase } from '../../core/index.ts';
import type { Rule } from '../rule.ts';

/** Every task that no model performs has an implementation. Says nothing when it is not known which there are. */
export const unimplemented: Rule = {
  code: 'MR1501',
  name: 'unimplemented',
  severity: 'warning',
  check(model, report, { implemented }) {
    if (implemented === undefined) return;
    for (const { name, model: performer, location } of Object.values(model.tasks)) {
      if (performer !== undefined || implemented(name)) continue;
      const contract = identifierOf(name);
      report({
        message: `Task '${name}' has no implementation.`,
        hint: `Write tasks/${kebabCase(name)}.ts: export default implement(${contract}, async (input, ctx) => ...), with ${contract} imported from the generated contracts.ts. \`dsl compile --stubs\` begins the file, \`dsl gen-task\` has a model write it.`,
        path: `tasks.${name}`,
        location,
        context: { ids: [name] },
      });
    }
  },
};

const reserved =
  /^(?:arguments|await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|eval|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|var|void|while|with|yield)$/;

/** What the contract of a task is called: `undo-t` becomes `undoT`. */
function identifierOf(name: string): string {
  const joined = name.replaceAll(/[.-]+([^.-]?)/g, (_match, letter: string) => letter.toUpperCase());
  return reserved.test(joined) ? `${joined}_` : joined;
}
