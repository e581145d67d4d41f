// Prints how large files, functions and folders are and how much test there is, and fails beyond the limits: npm run check -- --stats
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseSync } from '@swc/core';

/** Limits of the style guide; beyond them the check fails. */
const MAX_FILE_LINES = 300;
const MAX_FUNCTION_LINES = 80;
const MAX_FOLDER_FILES = 15;
const MIN_TESTS = 0.7;

const SOURCE = /^(?:src|scripts|tests)\/.*\.(?:ts|tsx|mjs)$/;
const TEST = /\.(?:test|spec|bench|harness)\.tsx?$|^tests\//;

/** @param {readonly number[]} sorted @param {number} share */
const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** @param {string} file */
const isScript = (file) => file.endsWith('.mjs');

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'MethodProperty',
]);

/**
 * Lines of every function of a file. A function that is only there to hold others (a factory) counts whole: it is what a reader has
 * to keep in mind.
 * @param {string} file
 * @param {string} text
 * @returns {{ at: string; lines: number }[]}
 */
function functionsOf(file, text) {
  const bytes = Buffer.from(text);
  const program = parseSync(text, { syntax: isScript(file) ? 'ecmascript' : 'typescript', tsx: file.endsWith('x') });
  // swc counts bytes through all files that it has parsed; this one starts where the program does, its leading comments left out.
  const base = program.span.end - bytes.length;
  const lineOf = (/** @type {number} */ position) => {
    let line = 1;
    for (let i = 0; i < position - base && i < bytes.length; i += 1) if (bytes[i] === 10) line += 1;
    return line;
  };
  /** @type {{ at: string; lines: number }[]} */
  const found = [];
  /** @param {unknown} node */
  const visit = (node) => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== 'object' || node === null) return;
    const { type, span } = /** @type {{ type?: string; span?: { start: number; end: number } }} */ (node);
    if (type !== undefined && span !== undefined && FUNCTIONS.has(type)) {
      const first = lineOf(span.start);
      // The end lies behind the last byte, which may be on the next line already.
      found.push({ at: `${file}:${first}`, lines: lineOf(span.end - 1) - first + 1 });
    }
    for (const value of Object.values(node)) visit(value);
  };
  visit(program.body);
  return found;
}

const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' })
  .split('\0')
  .filter((file) => SOURCE.test(file));
/** @type {{ file: string; lines: number }[]} */
const sources = [];
/** @type {{ at: string; lines: number }[]} */
const functions = [];
/** @type {Map<string, number>} */
const folders = new Map();
/** @type {{ file: string; lines: number }[]} */
const tests = [];
let testLines = 0;
for (const file of files) {
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n').length - 1;
  if (TEST.test(file)) {
    testLines += lines;
    tests.push({ file, lines });
    continue;
  }
  folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + 1);
  if (!file.startsWith('src/')) continue;
  sources.push({ file, lines });
  functions.push(...functionsOf(file, text));
}

// Whoever reads only the first lines (`| head`) closes the pipe.
process.stdout.on('error', () => process.exit());
const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);
/** @param {string} title @param {readonly { lines: number }[]} items @param {number} limit */
const spread = (title, items, limit) => {
  const sorted = items.map(({ lines }) => lines).sort((a, b) => a - b);
  const over = sorted.filter((lines) => lines > limit).length;
  say(
    `${title.padEnd(10)} ${String(sorted.length).padStart(6)}   lines: median ${quantile(sorted, 0.5)}, p90 ${quantile(sorted, 0.9)}, p99 ${quantile(sorted, 0.99)}, longest ${sorted.at(-1) ?? 0}; over ${limit}: ${over}`,
  );
};
spread('files', sources, MAX_FILE_LINES);
spread('tests', tests, MAX_FILE_LINES);
spread('functions', functions, MAX_FUNCTION_LINES);
const widest = [...folders].sort((a, b) => b[1] - a[1]);
say(
  `folders    ${String(folders.size).padStart(6)}   most files: ${widest[0]?.[1]} in ${widest[0]?.[0]}; over ${MAX_FOLDER_FILES}: ${widest.filter(([, count]) => count > MAX_FOLDER_FILES).length}`,
);
const sourceLines = sources.reduce((sum, { lines }) => sum + lines, 0);
const share = testLines / Math.max(1, sourceLines);
say(`test:src   ${share.toFixed(2).padStart(6)}   ${testLines} lines of tests, ${sourceLines} of src`);

const longFunctions = functions.filter(({ lines }) => lines > MAX_FUNCTION_LINES).sort((a, b) => b.lines - a.lines);
const problems = [
  ...[...sources, ...tests]
    .filter(({ lines }) => lines > MAX_FILE_LINES)
    .map(({ file, lines }) => `${file}: ${lines} lines; split it by idea (at most ${MAX_FILE_LINES})`),
  ...longFunctions.map(
    ({ at, lines }) => `${at}: a function of ${lines} lines; split it by idea (at most ${MAX_FUNCTION_LINES})`,
  ),
  ...widest
    .filter(([, count]) => count > MAX_FOLDER_FILES)
    .map(([folder, count]) => `${folder}: ${count} files; make folders by what they do (at most ${MAX_FOLDER_FILES})`),
  ...(share < MIN_TESTS
    ? [`test:src: ${share.toFixed(3)}; at least ${MIN_TESTS} lines of tests for each of src are wanted`]
    : []),
];
for (const problem of problems) say(`  ${problem}`);
if (problems.length > 0) process.exitCode = 1;
