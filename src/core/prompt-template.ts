/** A piece of a prompt's template: text, or a path into the input. */
export type PromptPart = string | { readonly path: readonly string[] };

/** What a template says, and what is wrong with it. */
export interface PromptTemplate {
  readonly parts: readonly PromptPart[];
  readonly problems: readonly { readonly at: number; readonly text: string; readonly why: string }[];
}

const segment = String.raw`(?:[\p{ID_Start}$_][\p{ID_Continue}$-]*|\d+)`;
const whole = new RegExp(String.raw`^${segment}(?:\.${segment})*$`, 'u');

/**
 * Reads a template with `{{ a.b }}`: paths of names and indices into the input. A first `input` is the input itself, as
 * in a lambda, so that `{{ input }}` is all of it and `{{ input.topic }}` the same as `{{ topic }}`.
 */
export function parsePrompt(template: string): PromptTemplate {
  const parts: PromptPart[] = [];
  const problems: { at: number; text: string; why: string }[] = [];
  let from = 0;
  for (let open = template.indexOf('{{'); open >= 0; open = template.indexOf('{{', from)) {
    const close = template.indexOf('}}', open + 2);
    if (close < 0) {
      problems.push({ at: open, text: template.slice(open, open + 20), why: 'it has no end' });
      break;
    }
    const text = template.slice(open, close + 2);
    const path = template.slice(open + 2, close).trim();
    if (open > from) parts.push(template.slice(from, open));
    if (whole.test(path)) {
      const names = path.split('.');
      parts.push({ path: names[0] === 'input' ? names.slice(1) : names });
    } else problems.push({ at: open, text, why: path === '' ? 'it is empty' : `'${path}' is no path into the input` });
    from = close + 2;
  }
  if (from < template.length && problems.every(({ at }) => at < from)) parts.push(template.slice(from));
  return { parts, problems };
}
