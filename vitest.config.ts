import { defineConfig } from 'vitest/config';

const long = process.env.TABAGENT_FAULTS === 'long';

/** A project over some test files; the time-outs are in seconds. */
const project = (name: string, include: string[], seconds: number) => ({
  extends: true as const,
  test: { name, include, testTimeout: seconds * 1000, hookTimeout: Math.max(30, seconds) * 1000 },
});

export default defineConfig({
  cacheDir: '.cache/vitest',
  test: {
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    // Nothing may leak from one test into the next.
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      project('unit', ['src/**/*.test.{ts,tsx}', 'tests/tooling/**/*.test.ts'], long ? 3600 : 15),
      project('contract', ['tests/contract/**/*.test.ts', 'tests/security/**/*.test.ts'], 60),
      project('wire', ['tests/wire/**/*.test.ts'], 30),
      project('cli', ['tests/cli/**/*.test.ts'], 90),
      project('desktop', ['tests/desktop/**/*.test.ts'], 90),
      project('packaging', ['tests/packaging/**/*.test.ts'], 300),
      project('faults', ['tests/faults/**/*.test.ts'], long ? 3600 : 120),
    ],
  },
});
