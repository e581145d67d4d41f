import { MASK } from '../../../../contract/kernel/text/mask.ts';
import type { HostKind } from './kind.ts';

const names = (values: readonly unknown[]) => JSON.stringify(values).includes(MASK);

/** All texts are templates; in the output schema a lone variable keeps its JSON type, such as a list for `enum`. */
export const llm: HostKind<'llm'> = {
  templates: { isJson: ([part]) => part === 'output_schema' },
  exposed: () => ({ parts: [], allowed: false }),
  files: () => [],
  preview: ({ system, prompt, parameters, output_schema }) => ({
    errors: [],
    warnings: [
      ...(names([system, prompt]) ? ['The prompt names a secret: the model gets [redacted] in its place.'] : []),
      ...(names([parameters.stop])
        ? ['A stop text names a secret: it ends the answer, and the model is told of none.']
        : []),
      ...(names([output_schema])
        ? ['The output schema names a secret: it binds the answer as it is, and is redacted from what is kept of it.']
        : []),
    ],
    shown: {},
  }),
};
