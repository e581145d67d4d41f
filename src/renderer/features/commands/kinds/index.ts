/** What the panel knows about each kind of command. */
import type { CommandKind } from '../../../../contract/automation/kinds/index.ts';
import { analyze } from './analyze.tsx';
import { browser } from './browser.tsx';
import { http } from './http.tsx';
import type { KindView } from './kind.ts';
import { llm } from './llm.tsx';
import { playwright_test } from './playwright-test.tsx';
import { process } from './process.tsx';

/** Every kind by its name. */
export const kindViews: Readonly<Record<CommandKind, KindView>> = {
  browser,
  playwright_test,
  process,
  http,
  llm,
  analyze,
};
