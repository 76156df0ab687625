import { propertyKey } from '../../model/text/names.ts';
import type { ActionNode, Location, SchemaNode } from '../../model/index.ts';
import { scriptActions } from './actions.ts';
import { readReferenced, type Chart, type ReadFile, type Variable } from './chart.ts';
import { isConstant, typeOf, type ValueType } from './ecmascript/constant.ts';
import { plain, scoped, type Value } from './ecmascript/value.ts';
import { assignNode, whenNode } from './nodes.ts';
import { at, contentOf, contentText, outside, valueAt, wrong, type Site, type World } from './site.ts';
import { elementsOf, textIn, type XmlElement } from './xml.ts';

/** The data model of a document: the fields of the context, and what has to be computed when the machine starts. */
export interface DataModel {
  readonly fields: readonly string[];
  readonly start: readonly ActionNode[];
  /** With late binding: what is computed when a state is entered for the first time. */
  readonly late: ReadonlyMap<XmlElement, readonly ActionNode[]>;
}

/** Reads the data model. */
export function dataModelOf(world: World, chart: Chart, readFile: ReadFile | undefined): DataModel {
  const site = outside(world, chart);
  const types = inferTypes(chart);
  const fields: string[] = [];
  const start: ActionNode[] = [];
  const late = new Map<XmlElement, ActionNode[]>();
  const failures: ActionNode[] = [];
  let guarded = false;
  for (const variable of chart.variables.values()) {
    const { name, data, state } = variable;
    const value = initialOf(site, variable, readFile);
    const isLate = chart.late && state !== undefined;
    const isConstantValue = value !== undefined && !isLate && isConstant(value.text);
    const type = types.get(name) ?? 'any';
    fields.push(`${propertyKey(name)}: ${schemaText(type, isConstantValue ? value.text : undefined)}`);
    if (value === undefined || data === undefined || isConstantValue) continue;
    const location = at(site, data);
    if (value.failure !== undefined) {
      if (isLate) add(late, state, assignNode(value, location));
      else failures.push(assignNode(value, location));
      continue;
    }
    const given = world.isChild(chart) ? `'${name}' in ${scoped('context')} ? {} : ` : '';
    const object = given === '' ? `{ ${name}: ${value.text} }` : `${given}{ ${name}: ${value.text} }`;
    if (isLate) {
      add(late, state, assignNode({ ...withoutBlock(value), text: object }, location));
    } else if (value.safe) {
      start.push(assignNode({ ...withoutBlock(value), text: object }, location));
    } else {
      guarded = true;
      const block = `try {\n  return ${object};\n} catch {\n  return { _failed: true };\n}`;
      start.push(assignNode({ ...withoutBlock(value), text: object, block }, location));
    }
  }
  if (chart.readsProcessors) start.unshift(assignNode(processors(chart), at(site, chart.root)));
  const location = at(site, chart.root);
  const scripts = chart.scripts.flatMap(({ code, element }) => scriptActions(site, element, code));
  const failed = wrong('A value of the data model could not be computed.');
  const check = whenNode(
    plain(`${scoped('context')}._failed === true`, { boolean: true }),
    [assignNode(failed, location)],
    [],
    location,
  );
  return { fields, start: [...start, ...scripts, ...failures, ...(guarded ? [check] : [])], late: once(late, chart) };
}

/** The value without its form as statements: what is put around it is an expression. */
function withoutBlock(value: Value): Value {
  const { text, declared, changes, safe, boolean } = value;
  return { text, declared, changes, safe, boolean };
}

function add(late: Map<XmlElement, ActionNode[]>, state: XmlElement, action: ActionNode): void {
  const known = late.get(state);
  if (known === undefined) late.set(state, [action]);
  else known.push(action);
}

/** What is bound late is bound once. */
function once(late: ReadonlyMap<XmlElement, ActionNode[]>, chart: Chart): DataModel['late'] {
  return new Map(
    [...late].map(([state, actions]) => {
      const { location } = actions[0] as ActionNode;
      const flag = `${chart.stateNames.get(state)}`;
      const held = `${scoped('context')}._bound?.['${flag}']`;
      const bound = plain(`{ _bound: { ...${scoped('context')}._bound, '${flag}': true } }`);
      const condition = plain(`${held} !== true`, { boolean: true });
      return [state, [whenNode(condition, [assignNode(bound, location), ...actions], [], location)]];
    }),
  );
}

function processors({ machine }: Chart): Value {
  const location = `\`#_scxml_${machine}/\${${scoped('instanceId')}}\``;
  const one = `{ location: ${location} }`;
  return plain(`{ _ioprocessors: { scxml: ${one}, 'http://www.w3.org/TR/scxml/#SCXMLEventProcessor': ${one} } }`);
}

/** The value that a variable begins with; nothing when it begins undefined. */
function initialOf(site: Site, { data }: Variable, readFile: ReadFile | undefined): Value | undefined {
  if (data === undefined) return undefined;
  const { expr, src } = data.attributes;
  if (src !== undefined) {
    const { file, report } = site.chart;
    const found = readReferenced(src, file, data, report, readFile);
    return found === undefined ? undefined : contentText(found.text);
  }
  return expr === undefined ? contentOf(data) : valueAt(site, data, expr);
}

/** The type of each variable, as far as everything that is ever put into it agrees. */
function inferTypes(chart: Chart): ReadonlyMap<string, ValueType> {
  const types = new Map<string, ValueType>();
  const given = new Map<string, string[]>();
  for (const { name, data } of chart.variables.values()) {
    const { expr, src } = data?.attributes ?? {};
    const written = src === undefined ? (expr ?? (data === undefined ? '' : textIn(data))) : 'undefined';
    types.set(
      name,
      typeOf(written, () => 'any'),
    );
  }
  let scripts = chart.scripts.map(({ code }) => code).join('\n');
  const look = (element: XmlElement): void => {
    const { location, expr, item, index, idlocation } = element.attributes;
    const set = (name: string | undefined, code: string): void => {
      const root = /^[\w$]+/.exec(name?.trim() ?? '')?.[0];
      if (root !== undefined) given.set(root, [...(given.get(root) ?? []), root === name?.trim() ? code : '[]']);
    };
    if (element.name === 'assign') set(location, expr ?? 'undefined');
    if (element.name === 'foreach') {
      set(item, 'undefined');
      set(index, '0');
    }
    set(idlocation, "''");
    if (element.name === 'script')
      scripts += element.attributes.src === undefined ? textIn(element) : [...types.keys()].join(' ');
    for (const child of elementsOf(element)) if (child.name !== 'scxml') look(child);
  };
  look(chart.root);
  for (const name of types.keys())
    if (new RegExp(`\\b${name.replaceAll('$', '\\$')}\\b`).test(scripts)) types.set(name, 'any');
  for (let changed = true; changed;) {
    changed = false;
    for (const [name, type] of types) {
      const codes = given.get(name) ?? [];
      if (type === 'any' || codes.every((code) => typeOf(code, (other) => types.get(other) ?? 'any') === type))
        continue;
      types.set(name, 'any');
      changed = true;
    }
  }
  return types;
}

function schemaText(type: ValueType, initial: string | undefined): string {
  const schema = type === 'any' ? 'z.any()' : type === 'array' ? 'z.array(z.any())' : `z.${type}()`;
  return initial === undefined ? 'z.any().optional()' : `${schema}.default(${initial})`;
}

/** Fields that are not the document's own, with their schemas. */
const own: readonly (readonly [string, string])[] = [
  ['_event', 'z.any().optional()'],
  ['_ioprocessors', 'z.any().optional()'],
  ['_list', 'z.any().optional()'],
  ['_sends', 'z.number().default(0)'],
  ['_failedSend', 'z.string().optional()'],
  ['_failed', 'z.boolean().optional()'],
  ['_bound', 'z.record(z.string(), z.boolean()).optional()'],
  ['_invokeid', 'z.string().optional()'],
];

/** The schema of the context: the variables, and the fields of the machine's own that `text` mentions. */
export function contextSchema(fields: readonly string[], text: string, location: Location): SchemaNode {
  // What is only handed to another machine is no field of this one.
  const needed = own.flatMap(([name, schema]) =>
    new RegExp(`context\\w*\\??\\.${name}\\b|return \\{ ${name}|\\(\\{ (?!_invokeid)${name}:`).test(text)
      ? [`${name}: ${schema}`]
      : [],
  );
  const all = [...fields, ...needed];
  const inner = all.join(', ');
  const shown = all.length === 0 ? '' : inner.length < 90 ? ` ${inner} ` : `\n  ${all.join(',\n  ')},\n`;
  return { kind: 'schema', text: `z.object({${shown}})`, uses: ['z'], location };
}
