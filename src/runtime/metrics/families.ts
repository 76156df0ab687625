import { Histogram, type Spans } from './histogram.ts';

type Labels = Readonly<Record<string, string>>;

/** So many combinations of labels a metric may have; what comes after is counted as `other`. */
const most = 200;

/** Numbers by labels, of which there are only so many. */
class Family<Value> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly values = new Map<string, Value>();

  constructor(name: string, help: string, labels: readonly string[]) {
    this.name = name;
    this.help = help;
    this.labels = labels;
  }

  protected keyOf(labels: readonly string[]): string {
    const key = labels.join('\0');
    return this.values.has(key) || this.values.size < most ? key : this.labels.map(() => 'other').join('\0');
  }

  labelsOf(key: string): Labels {
    const values = key.split('\0');
    return Object.fromEntries(this.labels.map((label, index) => [label, values[index] ?? '']));
  }

  protected header(type: 'counter' | 'histogram'): string {
    return `# HELP ${this.name} ${escapeHelp(this.help)}\n# TYPE ${this.name} ${type}\n`;
  }
}

/** Counts. */
export class Counter extends Family<number> {
  add(...labels: readonly string[]): void {
    this.addMany(1, ...labels);
  }

  addMany(count: number, ...labels: readonly string[]): void {
    const key = this.keyOf(labels);
    this.values.set(key, (this.values.get(key) ?? 0) + count);
  }

  data(): readonly { readonly labels: Labels; readonly value: number }[] {
    return [...this.values].map(([key, value]) => ({ labels: this.labelsOf(key), value }));
  }

  text(): string {
    return (
      this.header('counter') +
      this.data()
        .map(({ labels, value }) => sample(this.name, labels, value))
        .join('')
    );
  }
}

interface Sizes {
  readonly histogram: Histogram;
  /** How many are at most as large as each bound. */
  readonly below: number[];
}

/** Counts by size. Bounds are in the unit of its name, what is added is `scale` times as large: ms for seconds. */
export class Sizing extends Family<Sizes> {
  readonly #bounds: readonly number[];
  readonly #scale: number;

  constructor(name: string, help: string, labels: readonly string[], bounds: readonly number[], scale: number) {
    super(name, help, labels);
    this.#bounds = bounds;
    this.#scale = scale;
  }

  add(size: number, ...labels: readonly string[]): void {
    const key = this.keyOf(labels);
    const sizes = this.values.get(key) ?? { histogram: new Histogram(), below: this.#bounds.map(() => 0) };
    this.values.set(key, sizes);
    sizes.histogram.add(size);
    for (const [index, bound] of this.#bounds.entries())
      if (size <= bound * this.#scale) sizes.below[index] = (sizes.below[index] ?? 0) + 1;
  }

  data(): readonly { readonly labels: Labels; readonly spans: Spans }[] {
    return [...this.values].map(([key, { histogram }]) => ({ labels: this.labelsOf(key), spans: histogram.spans() }));
  }

  text(): string {
    const { name } = this;
    let text = this.header('histogram');
    for (const [key, { histogram, below }] of this.values) {
      const labels = this.labelsOf(key);
      const { count, total } = histogram.spans();
      for (const [index, bound] of this.#bounds.entries())
        text += sample(`${name}_bucket`, { ...labels, le: String(bound) }, below[index] ?? 0);
      text += sample(`${name}_bucket`, { ...labels, le: '+Inf' }, count);
      text += sample(`${name}_sum`, labels, total / this.#scale) + sample(`${name}_count`, labels, count);
    }
    return text;
  }
}

/** Lines of a metric that is read when it is asked for. */
export function gauge(
  name: string,
  help: string,
  samples: readonly { readonly labels?: Labels; readonly value: number }[],
): string {
  const lines = samples.map(({ labels = {}, value }) => sample(name, labels, value));
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
}

const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', '\\"');
