/**
 * The house rule of the source: which room of `src/` may import which (DESIGN, "The house"; AGENTS.md has the map).
 * `types` lists the rooms of which only types may be imported. The model's types are open to all.
 */
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../../src', import.meta.url));

const rooms = {
  core: { values: [], types: [] },
  // A config may have providers and what is known of models in it.
  dsl: { values: [], types: ['llm'] },
  model: { values: [], types: [] },
  machine: { values: [], types: [] },
  flow: { values: [], types: [] },
  store: { values: [], types: [] },
  llm: { values: [], types: [] },
  rules: { values: ['model'], types: [] },
  // The binder gives a model life with the interpreters of flows and machines.
  source: { values: ['model', 'flow', 'machine', 'tasks'], types: [] },
  compiler: { values: ['model'], types: [] },
  convert: { values: ['model'], types: [] },
  // Who answers for models comes in as a port: the router itself is nothing they load.
  tasks: { values: ['flow'], types: ['machine', 'llm'] },
  // What every engine does alike.
  engine: { values: ['tasks', 'machine', 'flow'], types: ['llm'] },
  runtime: { values: ['engine', 'tasks', 'machine', 'flow', 'store'], types: ['llm'] },
  // People and programs see the same views on every engine.
  restate: { values: ['engine', 'tasks', 'machine', 'flow'], types: ['llm', 'runtime'] },
  // Writes task implementations with a model, and lets nothing out that is not verified.
  generate: { values: ['model', 'rules', 'source', 'compiler', 'tasks', 'llm'], types: ['flow'] },
  // A project on a disk: commands, bundlers and editors all read and compile it in the same way.
  project: { values: ['model', 'rules', 'source', 'compiler', 'migrate'], types: ['dsl', 'flow', 'tasks', 'llm'] },
  // What bundlers load.
  unplugin: { values: ['model', 'rules', 'source', 'compiler', 'project'], types: [] },
  // What editors talk to.
  lsp: { values: ['model', 'rules', 'source', 'compiler', 'convert', 'migrate', 'project'], types: [] },
  // A version upgrade touches the source and what is stored.
  migrate: {
    values: ['model', 'rules', 'source', 'compiler', 'flow', 'machine', 'tasks', 'store', 'engine', 'runtime'],
    types: [],
  },
  testing: { values: ['tasks', 'machine', 'flow', 'store', 'engine', 'runtime', 'llm'], types: [] },
  cli: {
    values: [
      'dsl',
      'model',
      'machine',
      'flow',
      'store',
      'rules',
      'source',
      'compiler',
      'convert',
      'tasks',
      'engine',
      'runtime',
      'restate',
      'migrate',
      'testing',
      'llm',
      'generate',
      'project',
      'lsp',
    ],
    types: [],
  },
};

const roomOf = (path) => {
  const inside = relative(src, path);
  return inside.startsWith('..') ? undefined : inside.split(sep)[0];
};

const rule = {
  meta: { type: 'problem', docs: { description: 'Rooms import only what they stand on.' } },
  create(context) {
    const from = roomOf(context.filename);
    const own = rooms[from];
    const check = (node) => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string' || own === undefined) return;
      if (/^millrace(\/|$)/.test(specifier)) {
        context.report({ node, message: `Inside src/ import '${specifier}' by its relative path.` });
        return;
      }
      if (!specifier.startsWith('.')) return;
      const to = roomOf(resolve(dirname(context.filename), specifier));
      if (to === undefined) context.report({ node, message: `src/${from} must not reach outside src/.` });
      if (to === undefined || to === from || to === 'core' || own.values.includes(to)) return;
      const typesOnly =
        node.importKind === 'type' ||
        node.exportKind === 'type' ||
        (node.specifiers?.length > 0 &&
          node.specifiers.every((one) => one.importKind === 'type' || one.exportKind === 'type'));
      if (typesOnly && (to === 'model' || own.types.includes(to))) return;
      const allowed = ['core', ...own.values].join(', ');
      context.report({
        node,
        message: `src/${from} must not import ${typesOnly ? 'types of ' : ''}src/${to}; it stands on: ${allowed}.`,
      });
    };
    // Tests may wire rooms together: they check the seams.
    if (
      from === undefined ||
      /\.test(-d)?\.ts$/.test(context.filename) ||
      /[/\\]testing[/\\]|fixtures/.test(relative(src, context.filename).slice(from.length))
    )
      return {};
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};

export default { meta: { name: 'house' }, rules: { rooms: rule } };
