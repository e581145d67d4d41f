import fs from 'node:fs';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { createHardware } from '../../core/hardware.ts';
import { ticksOf } from './metrics-probe.ts';
import { createSystemReader } from './system.ts';

// Catches a load over a few ticks, which jumps between 0 and 100 % when two panels ask at once, and one without the time that other
// virtual machines took.
test.skipIf(process.platform !== 'linux')(
  'the load is that of /proc/stat, and the same for whoever asks at once',
  async () => {
    const reader = createSystemReader({
      models: () => ({ loaded: [] }),
      clock: systemClock,
      version: '1',
      dataDir: os.tmpdir(),
      hardware: createHardware(),
    });
    const ticks = () => ticksOf(fs.readFileSync('/proc/stat', 'latin1'));
    await reader.resources();
    const before = ticks();
    // The figures are of a stretch of real time.
    await delay(1_500);
    const { cpu_usage } = await reader.resources();
    const after = ticks();
    const expected = ((after.machine_busy - before.machine_busy) / (after.machine_total - before.machine_total)) * 100;
    expect(Math.abs(cpu_usage - expected)).toBeLessThan(12);
    const again = await Promise.all([reader.resources(), reader.resources(), reader.resources()]);
    expect(again.map((each) => each.cpu_usage)).toEqual([cpu_usage, cpu_usage, cpu_usage]);
  },
);
