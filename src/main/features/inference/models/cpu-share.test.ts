import { expect, test } from 'vitest';
import { memoryLog } from '../../../../../tests/support/core.ts';
import { never, openResidents } from '../../../../../tests/support/models/residents.ts';
import { createCpuShare } from './cpu-share.ts';
import type { Resident } from './resident.ts';

// Catches two engines that each compute on all cores, and one that keeps to half of them after the other has gone.
test('the flexible engine leaves room for the other one while that has models, and is told nothing twice', async () => {
  const { residents, calls, a, b, c } = openResidents({ settings: { max_loaded_models: 3 } });
  const other = { ...c, engine: 'onnx' as const };
  const share = createCpuShare({ all: residents.all, log: memoryLog() });
  const steps: [() => Promise<unknown>, string[]][] = [
    [() => residents.load(other, {}), []],
    [() => residents.load(a, {}), ['share false']],
    [() => residents.load(b, {}), []],
    [() => residents.unload(other), ['share true']],
    [() => residents.load(other, {}), ['share false']],
    // The process keeps what it was told, and nobody is there to be told that it is alone.
    [() => residents.unload(a).then(() => residents.unload(b)), []],
    [() => residents.unload(other), []],
    [() => residents.load(a, {}), ['share true']],
  ];
  for (const [step, told] of steps) {
    await step();
    calls.length = 0;
    share();
    expect(calls).toEqual(told);
  }
});

test('a process that was started again is told again', async () => {
  const { residents, calls, engine, a, c } = openResidents({ settings: { max_loaded_models: 3 } });
  let all: Resident[] = [];
  const share = createCpuShare({ all: () => all, log: memoryLog() });
  await residents.load({ ...c, engine: 'onnx' }, {});
  await residents.lease(a, never);
  all = residents.all();
  share();
  residents.lost(engine, false);
  await residents.load({ ...c, engine: 'onnx' }, {});
  await residents.lease(a, never);
  all = residents.all();
  calls.length = 0;
  share();
  expect(calls).toEqual(['share false']);
});
