import { digest } from '../keep/hash.ts';
import { renderPrompt } from '../prompt/templates.ts';

/** The texts of a request for edits. */
export interface EditPrompt {
  /** The same for every system, so that providers can keep it. */
  readonly system: string;
  readonly user: string;
  readonly version: string;
}

/** Raised with each change of the templates: what a proposal came from is part of what is told about it. */
const version = 'edit@1';

/** Puts a request into words. */
export function promptOf(view: {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly paths: readonly string[];
  readonly wanted: string;
}): EditPrompt {
  // A hash of the texts: none of them can have the end of its own part in it.
  const mark = digest(view.files.map(({ text }) => text).join('\n')).slice(0, 8);
  return { system: renderPrompt('edit', {}), user: renderPrompt('edit-source', { ...view, mark }), version };
}
