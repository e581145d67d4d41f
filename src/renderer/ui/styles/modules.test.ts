import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const RENDERER = path.join(import.meta.dirname, '../..');

interface Module {
  file: string;
  classes: Set<string>;
}

const files = fs
  .readdirSync(RENDERER, { recursive: true, encoding: 'utf8' })
  .map((name) => path.join(RENDERER, name))
  .filter((name) => /\.(tsx?|css)$/.test(name) && !name.endsWith('.test.ts'));

/** Classes of a module: what stands before a brace, without comments and without what is global. */
function moduleOf(file: string): Module {
  const css = fs
    .readFileSync(file, 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/:global\([^)]*\)/g, '')
    .replaceAll(/\{[^{}]*\}/g, '{}');
  return { file, classes: new Set([...css.matchAll(/\.([a-z][\w-]*)/gi)].map(([, name]) => name ?? '')) };
}

const modules = new Map(files.filter((file) => file.endsWith('.module.css')).map((file) => [file, moduleOf(file)]));

/** What each source file takes from each module that it imports; `null` when by a computed name, or the module as a whole. */
const uses = files
  .filter((file) => /\.tsx?$/.test(file))
  .flatMap((file) => {
    const source = fs.readFileSync(file, 'utf8');
    return [...source.matchAll(/^import (\w+) from '(.+\.module\.css)';$/gm)].map(([, name = '', target = '']) => {
      const code = source.replaceAll(/^import .*$/gm, '');
      const named = [...code.matchAll(new RegExp(`(?<![.\\w])${name}\\.(\\w+)`, 'g'))].map(([, key]) => key ?? '');
      const whole = new RegExp(`\\b${name}\\b(?!\\.\\w)`).test(code);
      return { file, module: path.join(path.dirname(file), target), named, whole };
    });
  });

const short = (file: string) => path.relative(RENDERER, file);

// Catches a class that is misspelt or was renamed: the element then has the class "undefined" and no look.
test('every class that a component takes from a module is in it', () => {
  const missing = uses.flatMap(({ file, module, named }) =>
    named.filter((name) => !modules.get(module)?.classes.has(name)).map((name) => `${short(file)}: ${name}`),
  );
  expect(uses.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});

// Catches rules that stay behind when the element they were for is gone.
test('every class of a module is taken by a component', () => {
  const dead = [...modules.values()].flatMap(({ file, classes }) => {
    const takers = uses.filter(({ module }) => module === file);
    if (takers.some(({ whole }) => whole)) return [];
    const taken = new Set(takers.flatMap(({ named }) => named));
    return [...classes].filter((name) => !taken.has(name)).map((name) => `${short(file)}: ${name}`);
  });
  expect(dead).toEqual([]);
});
