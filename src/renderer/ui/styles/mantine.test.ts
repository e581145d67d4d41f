/** The sheets of Mantine that the panel brings along, beside the components that it uses. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const RENDERER = path.join(import.meta.dirname, '../..');
const MANTINE = path.join(RENDERER, '../../node_modules/@mantine');
const CORE = path.join(MANTINE, 'core');
/** Packages of Mantine whose components are built from those of its core. */
const BUILT_ON_CORE = ['notifications', 'spotlight', 'dates'].map((name) => path.join(MANTINE, name, 'esm'));

const read = (file: string) => fs.readFileSync(file, 'utf8');
const under = (dir: string, ending: RegExp) =>
  fs
    .readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .map((name) => read(path.join(dir, name)));

/** What is imported from Mantine's core by name. */
function importedNames(): Set<string> {
  const sources = [...under(RENDERER, /\.tsx?$/), ...BUILT_ON_CORE.flatMap((dir) => under(dir, /\.mjs$/))];
  const lists = sources.flatMap((source) => [
    ...source.matchAll(/import\s*\{([^}]*)\}\s*from\s*['"]@mantine\/core['"]/g),
  ]);
  const names = lists.flatMap(([, list = '']) => list.split(','));
  return new Set(names.map((name) => name.trim().split(' as ')[0] ?? '').filter((name) => /^\w+$/.test(name)));
}

/** Files of styles that a module of the core comes to through its imports. */
function stylesBehind(file: string, seen: Set<string>): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  if (file.endsWith('.module.mjs')) return [file];
  const imports = [...read(file).matchAll(/from "(\.[^"]+)"/g)];
  return imports.flatMap(([, to = '']) => stylesBehind(path.join(path.dirname(file), to), seen));
}

const files = [...read(path.join(import.meta.dirname, 'mantine.ts')).matchAll(/core\/styles\/([\w-]+)\.css/g)].map(
  ([, name = '']) => path.join(CORE, 'styles', `${name}.css`),
);

// Would catch: a component that is used for the first time and comes without its styles, because the sheet of the panel names those it has.
test('every component of Mantine that the panel uses has its styles', () => {
  const index = [...read(path.join(CORE, 'esm/index.mjs')).matchAll(/import \{([^}]*)\} from "(\.[^"]+)"/g)];
  const names = importedNames();
  const entries = index.filter(([, list = '']) => list.split(',').some((name) => names.has(name.trim())));
  const seen = new Set<string>();
  const modules = entries.flatMap(([, , to = '']) => stylesBehind(path.join(CORE, 'esm', to), seen));
  // A change of Mantine's own files must not make this test one that looks at nothing.
  expect(modules.length).toBeGreaterThan(20);
  const sheet = files.map(read).join('');
  const classes = modules.flatMap((file) => [...read(file).matchAll(/m_[\da-f]+/g)].map(([name]) => ({ file, name })));
  const whole = read(path.join(CORE, 'styles.css'));
  const missing = classes.filter(({ name }) => whole.includes(`.${name}`) && !sheet.includes(`.${name}`));
  expect([...new Set(missing.map(({ file }) => path.basename(file)))]).toEqual([]);
});

// Would catch: a part whose styles win over those of the component that is built from it.
test('the styles come in the order of the whole sheet', () => {
  const whole = read(path.join(CORE, 'styles.css'));
  const places = files.map((file) => whole.indexOf(read(file).trim().slice(0, 120)));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});
