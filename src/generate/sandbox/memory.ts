import { readFileSync } from 'node:fs';

/** The memory of a process and of all that it started, in MB; nothing where the system does not tell. */
export function memoryOf(pid: number): number | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return children.reduce((sum, child) => sum + (memoryOf(Number(child)) ?? 0), (pages * 4096) / 1048576);
  } catch {
    return undefined;
  }
}
