import type { HostKind } from './kind.ts';

/** Every member is a template, and all of them are text. */
export const process: HostKind<'process'> = {
  templates: { isJson: () => false },
  preview: () => ({ errors: [], warnings: [], shown: {} }),
};
