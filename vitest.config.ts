import react from '@vitejs/plugin-react';
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
    // The second that it is by default tells a slow machine, not a wrong program.
    expect: { poll: { timeout: 10_000 } },
    // Nothing may leak from one test into the next.
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      project('unit', ['src/**/*.test.ts', 'tests/tooling/**/*.test.ts'], long ? 3600 : 15),
      project('contract', ['tests/contract/**/*.test.ts', 'tests/security/**/*.test.ts'], 60),
      {
        extends: true,
        plugins: [react()],
        test: {
          name: 'panel',
          include: ['tests/panel/**/*.test.tsx'],
          environment: 'jsdom',
          setupFiles: ['tests/panel/setup.ts'],
          css: { modules: { classNameStrategy: 'non-scoped' } },
          testTimeout: 30_000,
        },
      },
      project('wire', ['tests/wire/**/*.test.ts'], 30),
      project('cli', ['tests/cli/**/*.test.ts'], 90),
      project('desktop', ['tests/desktop/**/*.test.ts'], 90),
      project('packaging', ['tests/packaging/**/*.test.ts'], 300),
      project('faults', ['tests/faults/**/*.test.ts'], long ? 3600 : 120),
    ],
  },
});
