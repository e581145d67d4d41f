import type { HostKind } from './kind.ts';

/** Every member is a template, and all of them are text. */
export const process: HostKind<'process'> = {
  templates: { isJson: () => false },
  exposed: ({ argv, env, cwd, allow_secret_in_argv }) => ({
    parts: [
      ...argv.map((text, i) => ({ path: `spec.argv.${i}`, text })),
      ...Object.entries(env).map(([name, text]) => ({ path: `spec.env.${name}`, text })),
      ...(cwd === null ? [] : [{ path: 'spec.cwd', text: cwd }]),
    ],
    allowed: allow_secret_in_argv,
  }),
  files: ({ files }) => Object.keys(files),
  preview: () => ({ errors: [], warnings: [], shown: {} }),
};
