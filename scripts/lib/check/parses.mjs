// What a caller, a child, a page or a server wrote is parsed by contract/kernel/bounds.ts, which counts before it parses, and held against
// `Json` of contract/kernel/json.ts, which walks it once: a megabyte of `[],` costs seconds otherwise. `JSON.parse(JSON.stringify(…))` is a copy.
import { sourceLines } from './source-lines.mjs';

const PARSE = /\bJSON\.parse\b(?!\(JSON\.stringify\()|\bz\.json\(|\.json\(\)/;
/** A parser of a whole module would add up what everybody sends until it takes nothing more. */
const FOR_EVER = /^(?:export )?const \w+ = createBoundedParser\(/;

/** Where else it may stand, and who wrote the text. */
const ALLOWED = new Map([
  ['src/contract/kernel/bounds.ts', 'the bounded parser'],
  ['src/main/core/db/stored-json.ts', 'the store, from parsed values'],
  ['src/main/core/settings.ts', 'the store, from parsed values'],
  ['src/main/features/tasks/model/attempt-outcome.ts', 'the store, from parsed values'],
  ['src/main/features/tasks/log/scan.ts', 'the host, lines of a bounded length'],
  ['src/main/core/log/segments.ts', 'the host, lines of a bounded length'],
  ['src/main/core/log/logger.ts', 'the host, a moment before'],
  ['src/main/core/log/audit-head.ts', 'the host, in a file of its own'],
  ['src/main/core/instance-lock.ts', 'the host, in a file of its own'],
  ['src/main/features/bulk/files.ts', 'the host, in files of its own'],
  ['src/main/features/models/hub/part-file.ts', 'the host, in a file of its own'],
  ['src/main/shell/window/window-state.ts', 'the app, in a file of its own'],
  ['src/main/doors/http/dialect.ts', 'the line before'],
  ['src/main/core/config.ts', 'the operator, in the environment'],
  ['src/main/cli/command-input.ts', 'the operator, on the command line'],
  ['src/main/platform/node.ts', 'us: the package of the program'],
  ['src/main/features/models/memory/catalogue.ts', 'us: a resource of the program'],
  ['src/main/core/process/computations.ts', 'the host, which has bounded it; in a process that can be ended'],
  ['src/main/features/commands/compute/validator.ts', 'the host, which has bounded it; in a process that can be ended'],
  ['src/workers/executor/playwright-test/inside/job.ts', 'the executor, in a file of its own'],
  ['src/workers/inference/onnx/folder.ts', 'whoever made the model; in a process that can be ended'],
]);

const unused = new Set(ALLOWED.keys());
const found = [];
for (const { file, line, where } of sourceLines(['src/contract', 'src/main', 'src/workers'])) {
  if (FOR_EVER.test(line)) found.push(where);
  if (!PARSE.test(line)) continue;
  unused.delete(file);
  if (!ALLOWED.has(file)) found.push(where);
}
for (const line of found) process.stdout.write(`${line}\n`);
if (found.length > 0) {
  process.stdout.write(
    'Parse with parseBounded of contract/kernel/bounds.ts, or with createBoundedParser what came together; check with Json or JsonObject.\n',
  );
}
for (const file of unused) process.stdout.write(`${file} parses no more: take it off the list.\n`);
if (found.length + unused.size > 0) process.exitCode = 1;
