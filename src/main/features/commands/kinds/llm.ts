import { MASK } from '../../../../contract/kernel/text/mask.ts';
import type { HostKind } from './kind.ts';

/** All texts are templates; in the output schema a lone variable keeps its JSON type, such as a list for `enum`. */
export const llm: HostKind<'llm'> = {
  templates: { isJson: ([part]) => part === 'output_schema' },
  exposed: () => ({ parts: [], allowed: false }),
  files: () => [],
  preview: ({ system, prompt }) => ({
    errors: [],
    warnings: [system, prompt].some((text) => text?.includes(MASK))
      ? ['The prompt names a secret: the model gets [redacted] in its place.']
      : [],
    shown: {},
  }),
};
