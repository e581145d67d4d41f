import { MASK } from '../../../../contract/kernel/text/mask.ts';
import type { HostKind } from './kind.ts';

/** Texts are templates; in the schema of the output a lone variable keeps its JSON type, as in a list of choices. */
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
