/** The user guide: finding, reading on, going back. */
import { Link, useLocation } from '@tanstack/react-router';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GUIDE } from '../../../src/renderer/features/help/guide.ts';
import { HelpScreen } from '../../../src/renderer/features/help/help-screen.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());

/** The guide where the panel shows it, a link to it elsewhere. */
function Guide() {
  if (useLocation().pathname.startsWith('/help/')) return <HelpScreen />;
  return (
    <Link to="/help/$topic" params={{ topic: 'tasks' }}>
      To the guide
    </Link>
  );
}
const open = (at: string) => renderPanel(subject, <Guide />, { at });
const title = (name: string) => screen.findByRole('heading', { level: 1, name });
const topics = () => within(screen.getByRole('navigation', { name: 'Topics' }));
const press = (key: string) => fireEvent.keyDown(document.body, { key });

// Catches a page of the guide that the panel cannot show, and Markdown that is shown as it is written.
test('every page is shown with all its headings, and as elements', async () => {
  for (const { id, title: name, sections } of GUIDE) {
    await using panel = await open(`/help/${id}`);
    await title(name);
    const page = screen.getByRole('region', { name });
    const shown = within(page)
      .getAllByRole('heading')
      .map((heading) => heading.id);
    expect(shown, id).toEqual(sections.map((section) => section.id));
    const prose = page.cloneNode(true) as HTMLElement;
    for (const code of prose.querySelectorAll('code, pre')) code.remove();
    expect(prose.textContent, id).not.toMatch(/\*\*|\]\(|^#+ |\| --- /m);
    panel.unmount();
  }
}, 60_000);

// Catches keys that run off either end of the guide, or turn two pages.
test('J and K turn the pages in reading order and stop at its ends', async () => {
  await using panel = await open(`/help/${GUIDE[0]?.id}`);
  await title(GUIDE[0]?.title ?? '');
  press('k');
  for (const { id, title: name } of GUIDE.slice(1)) {
    press('j');
    await title(name);
    expect(panel.address()).toBe(`/help/${id}`);
  }
  press('j');
  press('k');
  await title(GUIDE.at(-2)?.title ?? '');
});

// Catches an Escape that goes back page by page instead of leaving the guide.
test('Escape leaves the guide at once, however many pages were read', async () => {
  await using panel = await open('/profiles?q=shop');
  await panel.user.click(await screen.findByRole('link', { name: 'To the guide' }));
  await title('Tasks');
  for (const page of ['failures-and-artifacts', 'commands', 'schedules']) {
    press('j');
    await waitFor(() => expect(panel.address()).toBe(`/help/${page}`));
  }
  press('Escape');
  await waitFor(() => expect(panel.address()).toBe('/profiles?q=shop'));
});

// Catches an Escape that leaves the program, or does nothing, where there is nothing to go back to.
test('Escape goes to the dashboard when the guide was the first page', async () => {
  await using panel = await open('/help/tasks');
  await title('Tasks');
  press('j');
  await waitFor(() => expect(panel.address()).toBe('/help/failures-and-artifacts'));
  press('Escape');
  await waitFor(() => expect(panel.address()).toBe('/'));
});

// Catches a search that keeps the old list, finds only titles, or cannot be ended.
test('the search lists the parts that have every word, and leads to them', async () => {
  await using panel = await open('/help/tasks');
  await title('Tasks');
  const search = screen.getByRole('searchbox', { name: 'Search the guide' });
  fireEvent.change(search, { target: { value: 'URGENT   lane' } });
  const part = await topics().findByRole('link', { name: 'Why a task waits' });
  await waitFor(() => expect(topics().queryByRole('link', { name: 'Profiles' })).toBeNull());
  await panel.user.click(part);
  expect(panel.address()).toBe('/help/tasks#why-a-task-waits');
  await waitFor(() => expect(document.activeElement?.id).toBe('why-a-task-waits'));
  fireEvent.change(search, { target: { value: 'exit 124' } });
  await panel.user.click(await topics().findByRole('link', { name: 'run' }));
  await title('Command line');
  await waitFor(() => expect(document.activeElement?.id, 'on another page').toBe('run'));
  fireEvent.change(search, { target: { value: 'nothing holds xyzzy' } });
  await panel.user.click(await screen.findByRole('button', { name: 'Clear filters' }));
  expect(await topics().findByRole('link', { name: 'Profiles' })).toBeDefined();
});

// Catches an address with a typing error that breaks the screen.
test('an unknown topic shows the first page', async () => {
  await using _panel = await open('/help/no-such-topic');
  await title(GUIDE[0]?.title ?? '');
});

// Catches code that is copied with its line numbers, its button or a line break at its end.
test('code is copied as it stands', async () => {
  await using panel = await open('/help/command-line');
  await title('Command line');
  const [first] = screen.getAllByRole('button', { name: 'Copy code' });
  if (first === undefined) throw new Error('There is no code');
  await panel.user.click(first);
  const copied = await navigator.clipboard.readText();
  expect(GUIDE.find(({ id }) => id === 'command-line')?.markdown).toContain(`\n${copied}\n\`\`\``);
});
