// Who may import whom. Everything that is not allowed here is an error.

/** @import { IConfiguration, IForbiddenRuleType } from 'dependency-cruiser' */

/**
 * A zone and the only places of `src` that it may import.
 * @param {string} name
 * @param {string} from
 * @param {string[]} allowed
 * @returns {IForbiddenRuleType}
 */
const zone = (name, from, allowed) => ({
  name: `zone-${name}`,
  comment: `${name} may import only: ${allowed.map((path) => path.replaceAll('\\', '')).join(', ')}`,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: allowed.map((path) => `^${path}`) },
});

/**
 * Packages that may be imported only in some places.
 * @param {string} name
 * @param {string[]} packages
 * @param {string[]} rooms
 * @returns {IForbiddenRuleType}
 */
const room = (name, packages, rooms) => ({
  name: `room-${name}`,
  comment: `${packages.join(', ')} may be imported only in: ${rooms.map((path) => path.replaceAll('\\', '')).join(', ')}`,
  severity: 'error',
  from: { path: '^src/', pathNot: rooms.map((path) => `^${path}`) },
  to: { path: `(?:^|node_modules/)(?:${packages.join('|')})(?:/|$)` },
});

const CONTRACT = 'src/contract/';
const CORE = 'src/main/core/';
const PLATFORM = 'src/main/platform/';
const FEATURE_INDEX = 'src/main/features/[^/]+/index\\.ts$';
const PANEL_BASE = 'src/renderer/(?:lib|ui)/';
const PANEL_FEATURES = 'src/renderer/features/';

/** @type {IConfiguration} */
export default {
  forbidden: [
    zone('contract', '^src/contract/', [CONTRACT]),
    zone('renderer', '^src/renderer/', [CONTRACT, 'src/renderer/']),
    zone('panel-base', `^${PANEL_BASE}`, [CONTRACT, PANEL_BASE]),
    zone('panel-features', `^${PANEL_FEATURES}`, [CONTRACT, PANEL_BASE, PANEL_FEATURES]),
    zone('preload', '^src/preload/', [CONTRACT, 'src/preload/']),
    zone('workers', '^src/workers/', [CONTRACT, 'src/workers/']),
    zone('core', '^src/main/core/', [CONTRACT, CORE, PLATFORM]),
    zone('platform', '^src/main/platform/', [CONTRACT, CORE, PLATFORM]),
    zone('shell', '^src/main/shell/', [CONTRACT, CORE, PLATFORM, 'src/main/shell/']),
    zone('doors', '^src/main/doors/', [CONTRACT, CORE, FEATURE_INDEX, 'src/main/doors/']),
    zone('dialects', '^src/main/dialects/', [
      CONTRACT,
      CORE,
      FEATURE_INDEX,
      'src/main/doors/index\\.ts$',
      'src/main/dialects/',
    ]),
    zone('features', '^src/main/features/', [CONTRACT, CORE, PLATFORM, 'src/main/features/']),
    zone('plugins', '^src/main/plugins/', [CONTRACT, CORE, 'src/main/plugins/']),
    zone('host', '^src/main/(?:host|features)\\.ts$', [CONTRACT, 'src/main/(?!index\\.ts|cli\\.ts|cli/)']),
    zone('electron-entry', '^src/main/index\\.ts$', [
      CONTRACT,
      CORE,
      PLATFORM,
      'src/main/shell/',
      'src/main/host\\.ts$',
    ]),
    zone('cli', '^src/main/cli(?:\\.ts$|/)', [CONTRACT, CORE, PLATFORM, 'src/main/cli/', 'src/main/host\\.ts$']),
    {
      name: 'platform-types',
      comment: 'The platform is handed in by host.ts: the core and the features may import only its types.',
      severity: 'error',
      from: { path: '^src/main/(?:core|features)/' },
      to: { path: '^src/main/platform/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'features-sibling-index',
      comment: 'A sibling feature is seen only through its index.ts.',
      severity: 'error',
      from: { path: '^src/main/features/([^/]+)/' },
      to: { path: '^src/main/features/', pathNot: ['^src/main/features/$1/', `^${FEATURE_INDEX}`] },
    },
    {
      name: 'features-sibling-types',
      comment: 'A sibling feature is handed in by features.ts: it may be imported only by type.',
      severity: 'error',
      from: { path: '^src/main/features/([^/]+)/' },
      to: {
        path: '^src/main/features/',
        pathNot: '^src/main/features/$1/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'panel-sibling-index',
      comment: 'A sibling feature of the panel is seen only through its index.ts.',
      severity: 'error',
      from: { path: `^${PANEL_FEATURES}([^/]+)/` },
      to: {
        path: `^${PANEL_FEATURES}`,
        pathNot: [`^${PANEL_FEATURES}$1/`, `^${PANEL_FEATURES}[^/]+/index\\.ts$`],
      },
    },
    {
      name: 'panel-lazy-screens',
      comment: 'A screen is loaded when it is opened: outside of the features it may be imported only with import().',
      severity: 'error',
      from: { path: '^src/renderer/', pathNot: `^${PANEL_FEATURES}` },
      to: { path: `^${PANEL_FEATURES}`, dynamic: false },
    },
    {
      name: 'closed-tree',
      comment: 'The top of src and of src/main is closed: a new capability is a feature folder.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '^src/(?:contract|preload|renderer|workers)/',
          '^src/main/(?:index|cli|host|features)\\.ts$',
          '^src/main/(?:core|platform|shell|features|doors|dialects|plugins|cli)/',
        ],
      },
      to: {},
    },
    {
      name: 'contract-packages',
      comment: 'The contract imports zod and nothing else.',
      severity: 'error',
      from: { path: '^src/contract/' },
      to: { pathNot: ['^src/', '(?:^|node_modules/)zod(?:/|$)'] },
    },
    {
      name: 'no-node-in-pages',
      comment: 'The panel and the preload script run sandboxed: Node built-ins do not exist there.',
      severity: 'error',
      from: { path: '^src/(?:renderer|preload)/' },
      to: { dependencyTypes: ['core'] },
    },
    room(
      'electron',
      ['electron'],
      ['src/main/shell/', 'src/main/platform/electron\\.ts$', 'src/main/index\\.ts$', 'src/preload/'],
    ),
    room('http', ['fastify', '@fastify/[^/]+', 'ws'], ['src/main/doors/', 'src/main/dialects/', 'src/main/cli/']),
    room(
      'database',
      ['better-sqlite3', 'drizzle-orm'],
      ['src/main/core/db/', 'src/main/features/[^/]+/(?:(?:schema|store)[^/]*\\.ts$|store/)'],
    ),
    room('engines', ['node-llama-cpp', 'onnxruntime-node', '@huggingface/tokenizers'], ['src/workers/']),
    room(
      'browser',
      ['playwright', 'playwright-core', '@playwright/test'],
      ['src/workers/', 'src/main/features/profiles/launch/'],
    ),
    room(
      'panel',
      [
        'react',
        'react-dom',
        'react-markdown',
        'remark-gfm',
        '@mantine/[^/]+',
        '@tanstack/[^/]+',
        '@codemirror/[^/]+',
        'zustand',
        'uplot',
      ],
      ['src/renderer/'],
    ),
    room('cli', ['commander'], ['src/main/cli(?:\\.ts$|/)']),
    {
      name: 'nothing-from-outside',
      comment: 'The program does not import its tests or its tools.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(?:tests|scripts|examples)/' },
    },
    {
      name: 'no-dev-dependency',
      comment:
        'What the host and its workers import is shipped, so it belongs in `dependencies`. (Electron ships itself.)',
      severity: 'error',
      from: { path: '^src/(?:main|workers|contract)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], pathNot: 'node_modules/(?:electron|@types)/' },
    },
    {
      name: 'no-circle',
      comment: 'Modules that need each other are one module, or lack a third. Types count too.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'The import leads nowhere: a missing file or a package that is not in package.json.',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript 7 has no compiler API: without swc the tool would see no module and find nothing wrong.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.tsx?$' },
    preserveSymlinks: true,
    enhancedResolveOptions: {
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
    },
  },
};
