import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { startSystem, until, type TestSystem } from '../fixtures/system.ts';

const echo = anyTask('echo');
const missing = anyTask('missing');

describe.skipIf(!restateIsInstalled())('a run that its code cannot go on with', () => {
  let restate: TestRestate;
  let system: TestSystem;
  const seen: string[] = [];
  let word = 'old';
  const implementations: Record<string, unknown> = {};

  beforeAll(async () => {
    restate = await startRestate();
    const child = anyFlow('child', (host, say: string) => host.step('one', () => echo(`child ${say}`), at));
    const bound = bind({
      tasks: [code(echo, (say: string) => void seen.push(say))],
      unimplemented: [missing],
      flows: [
        anyFlow('lacks', async (host) => {
          await host.step('one', () => echo('one'), at);
          await host.step('two', () => missing(1), at);
        }),
        anyFlow('renamed', async (host) => {
          await host.step(word, () => echo('renamed'), at);
          await host.sleep('rest', '400ms', at);
        }),
        anyFlow('asks', async (host) => {
          await host.child('one', () => ({ contract: child.contract, input: word }), at);
          await host.sleep('rest', '400ms', at);
        }),
        child,
        anyFlow('decides', (host) =>
          host.race(
            'either',
            {
              asked: (h) => h.approve('asked', { ...at, message: () => `${word}?` }),
              rest: (h) => h.sleep('rest', '400ms', at),
            },
            at,
          ),
        ),
        anyFlow('changes', async (host) => {
          await host.step('one', () => echo(word), at);
          await host.sleep('rest', '400ms', at);
          await host.step('two', () => echo('two'), at);
        }),
      ],
    });
    system = await startSystem(restate, bound, { inactivityMs: 50, tasks: implementations as never });
  }, 60_000);
  afterAll(() => restate?.close());

  it('is held when it asks for another step than is recorded, and goes on with the old code', async () => {
    const invocation = await system.start('renamed', undefined, { run: 'n1' });
    await until(() => seen.includes('renamed'));
    word = 'new';
    expect(await failure(invocation)).toContain('name: old != new');
    word = 'old';
    expect(await system.end('renamed', 'n1')).toMatchObject({ status: 'completed' });
    expect(seen.filter((what) => what === 'renamed')).toHaveLength(1);
  });

  const failure = async (invocation: string): Promise<string> => {
    const rows = await restate.until(
      `SELECT status, last_failure FROM sys_invocation WHERE id = '${invocation}'`,
      ([row]) => row?.['last_failure'] !== undefined && row['last_failure'] !== null,
    );
    return `${String(rows[0]?.['status'])} ${String(rows[0]?.['last_failure'])}`;
  };

  it('waits for an implementation, and says so', async () => {
    const invocation = await system.start('lacks');
    expect(await failure(invocation)).toContain(
      "MR3209: Task 'missing' has no implementation, so run 'run1' stopped before step 'two'",
    );
    await restate.ask('PATCH', `/invocations/${invocation}/cancel`);
  });

  it('is held when it asks a flow for something else than is recorded', async () => {
    const invocation = await system.start('asks', undefined, { run: 'a1' });
    await until(() => seen.includes('child old'));
    word = 'new';
    expect(await failure(invocation)).toContain('570 Journal mismatch');
    word = 'old';
    expect(await system.end('asks', 'a1')).toMatchObject({ status: 'completed' });
    expect(seen.filter((what) => what.startsWith('child'))).toEqual(['child old']);
  });

  it('is held when it asks a person for something else than is recorded', async () => {
    const invocation = await system.start('decides', undefined, { run: 'd1' });
    await restate.until(
      `SELECT status FROM sys_invocation WHERE id = '${invocation}'`,
      ([row]) => row?.['status'] === 'suspended',
    );
    word = 'new';
    expect(await failure(invocation)).toContain('570 Journal mismatch');
    word = 'old';
    expect(await system.end('decides', 'd1')).toMatchObject({ status: 'completed', output: { winner: 'rest' } });
  });

  it('refuses a replay that asks for something else than is recorded', async () => {
    const invocation = await system.start('changes', undefined, { run: 'c1' });
    await until(() => seen.includes('old'));
    word = 'new';
    expect(await failure(invocation)).toContain(
      "MR3205: Run 'c1' of flow 'changes' does not fit its code any more: step 'one' is recorded with another input than the code now gives.",
    );
    expect(seen).not.toContain('two');
    word = 'old';
    expect(await system.end('changes', 'c1')).toMatchObject({ status: 'completed' });
    expect(seen.filter((what) => !/^(?:one|renamed|child)/.test(what))).toEqual(['old', 'two']);
  });
});
