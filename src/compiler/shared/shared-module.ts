/** The plan of `shared.ts`: declarations of the source that generated code needs, each once. */
import type { LocalNode } from '../../model/index.ts';
import { ModuleWriter } from '../module-writer.ts';
import type { Emission } from '../plan/emission.ts';
import { bySource } from '../plan/order.ts';

/** What the template of `shared.ts` gets. */
export interface SharedPlan {
  readonly imports: string;
  readonly declarations: readonly string[];
}

/** Prints the declarations that the system's code reaches; `undefined` when it needs none. */
export function sharedModule(emission: Emission): SharedPlan | undefined {
  const { model } = emission;
  const locals = inOrderOfNeed(bySource(model, model.locals));
  if (locals.length === 0) return undefined;
  const names = locals.flatMap((local) => [local.name, ...local.uses]);
  const writer = new ModuleWriter(model, emission.layout, 'shared.ts', names);
  for (const local of locals) {
    const imported = local.uses.filter((name) => !Object.hasOwn(model.locals, name));
    writer.use(imported, local.text);
  }
  // Several names of one declaration (`const { a, b } = ...`) are one text.
  const texts = new Map<string, string>();
  for (const local of locals) {
    if (/^(?:const\s+)?enum\s/m.test(local.text)) {
      const message = `The compiler does not print the enum '${local.name}': an enum cannot be erased.`;
      emission.report({ code: 'MR1650', message, hint: 'Use `z.enum([…])` or a union of literals.' }, local.location);
    }
    texts.set(`${local.location.file}\0${local.text}`, exported(local));
  }
  return { imports: writer.imports(), declarations: spaced([...texts.values()]) };
}

/** What something needs stands before it; otherwise the order of the source. */
function inOrderOfNeed(locals: readonly LocalNode[]): readonly LocalNode[] {
  const places = new Map(locals.map((local, index) => [local.name, index]));
  const done = new Set<LocalNode>();
  const place = (local: LocalNode): void => {
    if (done.has(local)) return;
    // Marked before what it needs is placed: functions may need each other.
    done.add(local);
    const needed = local.uses.flatMap((name) => places.get(name) ?? []).sort((a, b) => a - b);
    for (const index of needed) place(locals[index] as LocalNode);
    sorted.push(local);
  };
  const sorted: LocalNode[] = [];
  for (const local of locals) place(local);
  return sorted;
}

const beginning = /^(?:(?:const|function|async function|type|interface|class|abstract class|enum)\b)/gm;
const comments = /^(?:\/\*[^]*?\*\/\s*|\/\/[^\n]*\n\s*)*/;

function exported(local: LocalNode): string {
  const whole = local.text.replaceAll('\r\n', '\n').trim();
  const comment = comments.exec(whole)?.[0] ?? '';
  const text = whole.slice(comment.length);
  const needsNoEnd =
    /^(?:function|async\s+function|class|abstract\s+class|interface)\b/.test(text) || text.endsWith(';');
  const ended = needsNoEnd ? text : `${text};`;
  // Overloads, and a type beside a value of its name, are several statements of which none may be forgotten.
  const several = (text.match(beginning) ?? []).length > 1;
  const typeOnly = local.typeOnly ? 'type ' : '';
  return several ? `${comment}${ended}\nexport ${typeOnly}{ ${local.name} };` : `${comment}export ${ended}`;
}

/** An empty line around what spans several lines. */
function spaced(texts: readonly string[]): readonly string[] {
  return texts.map((text, index) => {
    const isLong = text.includes('\n') || texts[index - 1]?.includes('\n') === true;
    return index > 0 && isLong ? `\n${text}` : text;
  });
}
