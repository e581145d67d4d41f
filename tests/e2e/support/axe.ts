import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** What axe has against a screen. @param rules all of them, or those that are named */
export async function faults(page: Page, rules?: string[]): Promise<string[]> {
  const builder = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (rules === undefined ? builder : builder.withRules(rules)).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes
      // The list of a select and a menu hang at the end of the page; their control owns them by aria-controls.
      .filter(({ html }) => id !== 'region' || !/data-composed|role="menu"|data-portal/.test(html))
      .map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  );
}
