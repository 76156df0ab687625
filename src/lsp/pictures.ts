import { hash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SystemModel } from '../model/index.ts';

/** The pictures of machines and flows that somebody looked for. They are gone with the editor. */
export class Pictures implements Disposable {
  #folder: string | undefined;

  /** The file of the picture of a machine or flow, which is drawn when it is not there yet. */
  async fileOf(system: SystemModel, kind: 'machine' | 'flow', name: string): Promise<string | undefined> {
    const svg = await draw(system, kind, name);
    if (svg === undefined) return undefined;
    this.#folder ??= mkdtempSync(join(tmpdir(), 'millrace-pictures-'));
    // An editor keeps what it has shown under a name.
    const file = join(this.#folder, `${name.replaceAll(/\W/g, '_')}.${kind}.${hash('sha256', svg).slice(0, 8)}.svg`);
    if (!existsSync(file)) writeFileSync(file, svg);
    return file;
  }

  [Symbol.dispose](): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The SVG of a machine or flow. */
export async function draw(system: SystemModel, kind: 'machine' | 'flow', name: string): Promise<string | undefined> {
  const [machine, flow] = [system.machines[name], system.flows[name]];
  const { graphSvg, machineGraph, flowGraph } = await import('../convert/index.ts');
  if (kind === 'machine') return machine && graphSvg(machineGraph(machine));
  return flow && graphSvg(flowGraph(flow, system));
}
