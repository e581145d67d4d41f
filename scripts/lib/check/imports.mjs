// Checks the import rules of the tree in the working folder: node scripts/lib/check/imports.mjs
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cruise } from 'dependency-cruiser';

const base = process.cwd();
const { default: config } = await import(pathToFileURL(join(base, '.dependency-cruiser.mjs')).href);

const sources = readdirSync(join(base, 'src'), { recursive: true, encoding: 'utf8' }).filter(
  (path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$|\.d\.ts$/.test(path),
);
const { output } = await cruise(['src'], {
  ...config.options,
  baseDir: base,
  validate: true,
  ruleSet: { forbidden: config.forbidden },
});
if (typeof output === 'string') throw new Error('dependency-cruiser answered in an unknown form');

const seen = output.modules.filter(({ source }) => /^src\/.*\.tsx?$/.test(source) && !source.endsWith('.d.ts')).length;
/** @type {Map<string, string>} */
const rules = new Map(
  config.forbidden.map((/** @type {{ name: string, comment: string }} */ rule) => [rule.name, rule.comment]),
);
for (const { rule, from, to } of output.summary.violations) {
  process.stdout.write(`${from} → ${to}\n    ${rule.name}: ${rules.get(rule.name) ?? ''}\n`);
}
// A parser that fails silently would make every rule hold.
if (seen < sources.length) {
  process.stdout.write(`Only ${seen} of ${sources.length} modules were seen: the parser does not work.\n`);
}
if (output.summary.violations.length > 0 || seen < sources.length) process.exitCode = 1;
else process.stdout.write(`${seen} modules, ${output.summary.totalDependenciesCruised} imports\n`);
