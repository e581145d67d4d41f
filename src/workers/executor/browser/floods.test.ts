import { describe, expect, it } from 'vitest';
import { browserPath, Harness } from '../executor.harness.ts';
import { inScript, browserSpec as spec } from './browser.harness.ts';

describe.skipIf(browserPath === null)('floods', () => {
  // Catches an executor that buffers what its host has not taken yet.
  it('of 200 MB by a script wait for their reader instead of filling memory, raw and structured', async () => {
    await using executor = new Harness('script');
    executor.run(
      spec(
        inScript(
          `const line = 'y'.repeat(2000); for (let i = 0; i < 50000; i++) { console.log(line); process.stdout.write(line + '\\n'); } return 'done';`,
        ),
      ),
    );
    expect(await executor.finish()).toMatchObject({ ok: true, output: 'done' });
    expect(executor.flood.lines).toBe(50_000);
    expect(executor.raw.length).toBe(50_000);
    expect(executor.flood.peak).toBeLessThan(350 * 1024 * 1024);
    process.stdout.write(
      `flood of a script: the executor's memory peaked at ${Math.round(executor.flood.peak / 1e6)} MB\n`,
    );
  }, 120_000);
});
