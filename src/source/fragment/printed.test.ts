import { dirname } from 'node:path';
import {
  transitionGroups,
  visitActions,
  visitCalls,
  visitExpressions,
  visitStates,
  visitSteps,
  type SystemModel,
} from 'millrace/model';
import { expect, test } from 'vitest';
import type { FragmentKind } from '../../model/edit/read.ts';
import { print, type Doc } from '../../model/text/doc.ts';
import { corpus, filesOf, open } from '../fixtures/corpus.ts';
import { doList } from '../print/actions.ts';
import { printDefinition } from '../print/definitions.ts';
import { call, lambda, schema } from '../print/lambdas.ts';
import { Printing } from '../print/printing.ts';
import { said } from '../print/same.ts';
import { printGo, printState, printStates } from '../print/states.ts';
import { printBody, printStep } from '../print/steps.ts';
import { definitionsOf } from '../save/changes.ts';
import { fragmentReader } from './read-fragment.ts';

const text = (doc: Doc): string => print(doc, 0, 120);

/** Hands every piece of a system to a check: its kind and path, and how the printer writes it. */
function pieces(
  model: SystemModel,
  check: (kind: FragmentKind, path: string, text: string, node: unknown) => void,
): void {
  const to = new Printing(model);
  for (const node of definitionsOf(model).values()) {
    // A machine whose states are nested deep has constants of its own.
    check(node.kind, `${node.kind}s.${JSON.stringify(node.name)}`, printDefinition(new Printing(model), node), node);
  }
  for (const node of Object.values(model.locals)) check('local', `locals.${node.name}`, node.text, node);
  for (const flow of Object.values(model.flows)) {
    const at = `flows.${JSON.stringify(flow.name)}.body`;
    check('body', at, text(printBody(to, flow.body)), flow.body);
    visitSteps(flow, (step, { path }) =>
      check(
        'step',
        `${at}.${path
          .split('/')
          .map((name) => JSON.stringify(name))
          .join('/')}`,
        text(printStep(to, step)),
        step,
      ),
    );
  }
  for (const machine of Object.values(model.machines)) {
    const at = `machines.${JSON.stringify(machine.name)}.states`;
    check('states', at, text(printStates(to, machine, machine.states, machine.location)), machine.states);
    visitStates(machine, (state) => {
      const own = `${at}.${JSON.stringify(state.name)}`;
      check('state', own, text(printState(to, machine, state)), state);
      for (const { transitions } of transitionGroups(state)) {
        check('transitions', `${own}.always`, text(printGo(to, transitions)), transitions);
        for (const [index, one] of transitions.entries())
          check('transition', `${own}.always[${index}]`, text(printGo(to, [one])), one);
      }
      visitActions(state, (action) => {
        check('actions', `${own}.entry`, text(doList(to, [action])), [action]);
        check('action', `${own}.entry[0]`, text(doList(to, [action])).replace(/^\[\s*|,?\s*\]$/g, ''), action);
      });
    });
  }
  const calls = new Set<object>();
  visitCalls(model, (node) => {
    calls.add(node.lambda);
    check('call', 'flows.x.body.y.call', text(call(to, node)), node);
  });
  visitExpressions(model, (node) => {
    if (calls.has(node)) return;
    const path = 'tasks.x.field';
    if (node.kind === 'schema') check('schema', path, text(schema(to, node)), node);
    else if (node.lambda !== undefined) check('expression', path, text(lambda(to, node)), node);
  });
}

test.each(corpus)('%s: every piece is read from what the printer writes', (file) => {
  const readFile = filesOf(0);
  const { system } = open(file, readFile);
  const read = fragmentReader({ folder: dirname(file), readFile });
  let count = 0;
  pieces(system, (kind, path, written, node) => {
    const name = /"((?:[^"\\]|\\.)*)"[^"]*$/.exec(path)?.[1] ?? path.split('.').at(-1) ?? '';
    const found = read(written, { kind, path, name, model: system });
    if ('diagnostics' in found) expect({ kind, path, written, problems: found.diagnostics }).toBeUndefined();
    else expect({ kind, path, written, node: plain(found.node) }).toEqual({ kind, path, written, node: plain(node) });
    count += 1;
  });
  expect(count).toBeGreaterThan(10);
});

function plain(node: unknown): unknown {
  return JSON.parse(said({ node }));
}
