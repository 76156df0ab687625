import { CompletionItemKind, type CompletionItem } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { visitStates, visitSteps, type SystemModel } from '../model/index.ts';
import { camelCase } from '../model/text/names.ts';
import type { Context } from '../source/places/context.ts';

interface Offer {
  readonly name: string;
  readonly detail: string;
}

/**
 * The names that may stand in a place.
 *
 * @param models The system as it can be read, and, where something of it cannot, as it was before the edit that is under way.
 */
export function completions(
  context: Context,
  models: readonly SystemModel[],
  document: TextDocument,
): readonly CompletionItem[] {
  const range = { start: document.positionAt(context.start), end: document.positionAt(context.end) };
  const kind = context.wanted.endsWith('event') ? CompletionItemKind.Event : CompletionItemKind.EnumMember;
  const offers = new Map<string, Offer>();
  for (const model of models)
    for (const offer of offersOf(context, model, document)) if (!offers.has(offer.name)) offers.set(offer.name, offer);
  return [...offers.values()].map(({ name, detail }) => {
    const isPlain = context.isQuoted || (context.isKey && /^[A-Za-z_$][\w$]*$/.test(name));
    return { label: name, kind, detail, textEdit: { range, newText: isPlain ? name : `'${name}'` }, filterText: name };
  });
}

function offersOf({ wanted, owner, start }: Context, system: SystemModel, document: TextDocument): readonly Offer[] {
  const machine = system.machines[owner];
  const found: Offer[] = [];
  switch (wanted) {
    case 'state':
      if (machine !== undefined)
        visitStates(machine, ({ name, description }) =>
          found.push({ name, detail: description ?? `state of ${owner}` }),
        );
      return found;
    case 'event':
      return (machine?.events ?? []).map(({ alias, name }) => ({ name: alias, detail: `event ${name}` }));
    case 'step': {
      const flow = system.flows[owner];
      const line = document.positionAt(start).line + 1;
      found.push({ name: 'input', detail: `what ${owner} was started with` });
      if (flow !== undefined)
        visitSteps(flow, (step, { parents }) => {
          // Steps further down are not done yet; what is inside others has a scope of its own.
          if (!('id' in step) || step.location.line > line) return;
          found.push({ name: step.id, detail: parents.length === 0 ? `${step.kind} before` : `${step.kind} inside` });
        });
      return found;
    }
    case 'any event':
      return Object.keys(system.events).map((name) => ({ name: camelCase(name), detail: `event ${name}` }));
    case 'any flow':
      return Object.keys(system.flows).map((name) => ({ name: camelCase(name), detail: `flow ${name}` }));
    case 'flow':
    case 'task':
    case 'machine':
      return (machine?.[`${wanted}s`] ?? []).map(({ alias, name }) => ({ name: alias, detail: `${wanted} ${name}` }));
  }
}
