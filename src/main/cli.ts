#!/usr/bin/env node
/** Entry of the command line under plain Node. */
import { enableCompileCache } from 'node:module';
import path from 'node:path';

enableCompileCache();

const MIN_NODE = [22, 12] as const;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
  // The native database module crashes older versions without a word.
  process.stderr.write(
    `TabAgent needs Node ${MIN_NODE.join('.')} or newer, this is ${process.versions.node}. Start it with npm start, which brings its own.\n`,
  );
  process.exit(1);
}

const { createNodePlatform } = await import('./platform/node.ts');
const { runProgram } = await import('./cli/program.ts');
const platform = createNodePlatform({ appRoot: path.resolve(import.meta.dirname, '../..') });
process.exitCode = await runProgram(process.argv.slice(2), { platform, env: process.env });
