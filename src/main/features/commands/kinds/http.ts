import type { HostKind } from './kind.ts';

/** Every member is a template; JSON bodies and expected JSON values keep the type of a lone variable. */
export const http: HostKind<'http'> = {
  templates: { isJson: ([part, member]) => (part === 'body' || part === 'expect') && member === 'json' },
  exposed: () => ({ parts: [], allowed: false }),
  files: () => [],
  preview: () => ({ errors: [], warnings: [], shown: {} }),
};
