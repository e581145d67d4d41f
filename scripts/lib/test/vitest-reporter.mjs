import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A Vitest reporter that writes what `npm test` counts. Vitest's own JSON report leaves out why a test was skipped.
 * @implements {Reporter}
 * @import { Reporter, TestModule } from 'vitest/node'
 */
export default class CountingReporter {
  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly { message?: string }[]} unhandled
   */
  onTestRunEnd(modules, unhandled) {
    const file = process.env.TABAGENT_REPORT;
    if (!file) return;
    /** @type {import('./report.mjs').VitestEntry[]} */
    const entries = [];
    for (const module of modules) {
      const project = module.project.name;
      const from = module.relativeModuleId;
      for (const error of module.errors()) {
        entries.push({ project, name: `${from}: ${error.message.split('\n')[0]}`, state: 'failed' });
      }
      for (const suite of module.children.allSuites()) {
        for (const error of suite.errors()) {
          entries.push({
            project,
            name: `${from} > ${suite.fullName}: ${error.message.split('\n')[0]}`,
            state: 'failed',
          });
        }
      }
      for (const test of module.children.allTests()) {
        const result = test.result();
        entries.push({
          project,
          name: `${from} > ${test.fullName}`,
          state: result.state,
          ...(result.state === 'skipped' && result.note ? { note: result.note } : {}),
        });
      }
    }
    for (const error of unhandled) {
      entries.push({
        project: '',
        name: `unhandled error: ${error.message?.split('\n')[0] ?? String(error)}`,
        state: 'failed',
      });
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(entries));
  }
}
