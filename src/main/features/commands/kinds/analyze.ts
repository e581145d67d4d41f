import { analysisProblems } from '../../../../contract/automation/kinds/analyze.ts';
import { MASK } from '../../../../contract/kernel/text/mask.ts';
import type { HostKind } from './kind.ts';

/** All texts are templates, and all of them are text. */
export const analyze: HostKind<'analyze'> = {
  templates: { isJson: () => false },
  exposed: () => ({ parts: [], allowed: false }),
  files: () => [],
  preview: (spec) => ({
    errors: analysisProblems(spec).map(({ member, message }) => ({ path: `spec.${member}`, message })),
    warnings: [spec.text, spec.hypothesis, ...spec.labels].some((text) => text.includes(MASK))
      ? ['The text names a secret: the model gets [redacted] in its place, and places count with that.']
      : [],
    shown: {},
  }),
};
