/** Buttons, chips, tabs and splits: what they do when they may not, and by keyboard. */
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { useActions } from '../../../src/renderer/lib/keys/use-actions.ts';
import { useView } from '../../../src/renderer/lib/view-store.ts';
import { Button, Chip, CopyButton } from '../../../src/renderer/ui/buttons.tsx';
import { FilterField } from '../../../src/renderer/ui/form/filter-field.tsx';
import { Split } from '../../../src/renderer/ui/split.tsx';
import { neighbourTab, TabPanel, Tabs } from '../../../src/renderer/ui/tabs.tsx';
import { createTestHost, type TestHost } from '../../support/host.ts';
import { renderPanel } from '../../support/panel.tsx';

let subject: TestHost;
beforeAll(async () => {
  subject = await createTestHost();
});
afterAll(() => subject[Symbol.asyncDispose]());
beforeEach(() => useView.setState({ panes: {} }));

// Catches a button that acts although it says why it cannot, or that hides its reason from the keyboard.
test.each([
  ['blocked', { blocked: 'Requires scope manage' }, 'Requires scope manage'],
  ['busy', { busy: true }, null],
])('a %s button neither acts nor submits its form, but can be reached and read', async (_what, props, reason) => {
  const done: string[] = [];
  await using panel = await renderPanel(
    subject,
    <form
      onSubmit={(event) => {
        event.preventDefault();
        done.push('submitted');
      }}
    >
      <Button submit {...props} onClick={() => done.push('clicked')}>
        Save
      </Button>
    </form>,
  );
  const button = await screen.findByRole('button', { name: 'Save' });
  await panel.user.click(button);
  button.focus();
  await panel.user.keyboard('{Enter} ');
  expect(done).toEqual([]);
  expect(document.activeElement).toBe(button);
  expect(button.getAttribute('aria-disabled')).toBe('true');
  expect(button.getAttribute('title')).toBe(reason);
});

// Catches a tooltip that shows a key which does something else now, or none at all.
test('the tooltip shows the key of the action while the action is offered', async () => {
  function Saving({ offered }: { offered: boolean }) {
    useActions(
      offered ? [{ id: 'x.save', title: 'Save', group: 'X', layer: 'detail', keys: ['Mod+S'], run: () => {} }] : [],
    );
    return <Button label="Save" action="x.save" icon="S" />;
  }
  function Both() {
    const [offered, setOffered] = useState(true);
    return (
      <>
        <Saving offered={offered} />
        <Chip pressed={offered} onClick={() => setOffered(!offered)}>
          offer
        </Chip>
      </>
    );
  }
  await using panel = await renderPanel(subject, <Both />);
  const button = await screen.findByRole('button', { name: 'Save' });
  await waitFor(() => expect(button.title).toBe('Save · Ctrl S'));
  const chip = screen.getByRole('button', { name: 'offer', pressed: true });
  await panel.user.click(chip);
  await waitFor(() => expect(button.title).toBe('Save'));
  expect(chip.getAttribute('aria-pressed')).toBe('false');
});

// Catches "Copied" over a clipboard that refused.
test('a copy that worked says so for a moment, one that was refused does not', async () => {
  await using panel = await renderPanel(
    subject,
    <CopyButton label="Copy key" text={() => 'tab_123'}>
      Copy key
    </CopyButton>,
  );
  await panel.user.click(await screen.findByRole('button', { name: 'Copy key' }));
  await screen.findByRole('button', { name: 'Copied' });
  expect(await navigator.clipboard.readText()).toBe('tab_123');
  await screen.findByRole('button', { name: 'Copy key' });

  const { writeText } = navigator.clipboard;
  let asked = 0;
  navigator.clipboard.writeText = () => {
    asked += 1;
    return Promise.reject(new DOMException('no permission'));
  };
  try {
    await panel.user.click(screen.getByRole('button', { name: 'Copy key' }));
    await waitFor(() => expect(asked).toBe(1));
    expect(screen.queryByRole('button', { name: 'Copied' })).toBeNull();
  } finally {
    navigator.clipboard.writeText = writeText;
  }
});

const TABS = [
  { id: 'log', label: 'Log', count: 3 },
  { id: 'steps', label: 'Steps', count: null },
  { id: 'files', label: 'Files' },
] as const;

// Catches tabs that only a mouse can change, or a panel that no tab names.
test('arrows, Home and End go round the tabs, and the panel is named by the one that is open', async () => {
  function Tabbed() {
    const [tab, setTab] = useState<(typeof TABS)[number]['id']>('log');
    return (
      <>
        <Tabs name="t" label="Parts" tabs={TABS} value={tab} onChange={setTab} />
        <TabPanel name="t" value={tab}>
          content of {tab}
        </TabPanel>
      </>
    );
  }
  await using panel = await renderPanel(subject, <Tabbed />);
  const open = () => screen.getByRole('tabpanel').textContent;
  const name = () => document.getElementById(screen.getByRole('tabpanel').getAttribute('aria-labelledby') ?? '');
  await panel.user.click(await screen.findByRole('tab', { name: /Log/ }));
  for (const [key, tab, label] of [
    ['{ArrowRight}', 'steps', 'Steps'],
    ['{End}', 'files', 'Files'],
    ['{ArrowRight}', 'log', 'Log3'],
    ['{ArrowLeft}', 'files', 'Files'],
    ['{Home}', 'log', 'Log3'],
  ] as const) {
    await panel.user.keyboard(key);
    expect(open()).toBe(`content of ${tab}`);
    expect(name()?.textContent).toBe(label);
  }
});

test('the tab before the first is the last, and one that is not in the list leads to a tab that is', () => {
  expect(neighbourTab(TABS, 'log', -1)).toBe('files');
  expect(neighbourTab(TABS, 'files', 1)).toBe('log');
  expect(TABS.map(({ id }) => id)).toContain(neighbourTab<string>(TABS, 'gone', 1));
});

const split = (second: string | null) => (
  <Split name="pane" fixed="second" size={300} min={200} max={400} label="Width" first="one" second={second} />
);

// Catches a pane that can be dragged out of the window, or whose size is forgotten.
test('arrows resize a pane within its limits, the size is remembered, a double click gives back the first one', async () => {
  const size = () => Number(screen.getByRole('separator', { name: 'Width' }).getAttribute('aria-valuenow'));
  {
    await using panel = await renderPanel(subject, split('two'));
    (await screen.findByRole('separator')).focus();
    await panel.user.keyboard('{ArrowLeft}');
    expect(size()).toBe(316);
    await panel.user.keyboard('{ArrowLeft>20/}');
    expect(size()).toBe(400);
    await panel.user.keyboard('{ArrowRight>40/}');
    expect(size()).toBe(200);
    await panel.user.keyboard('{ArrowUp}{ArrowDown}');
    expect(size()).toBe(200);
  }
  await using panel = await renderPanel(subject, split('two'));
  await waitFor(() => expect(size()).toBe(200));
  await panel.user.dblClick(screen.getByRole('separator'));
  expect(size()).toBe(300);
});

// Catches a remembered size from a larger screen or an older version that leaves no room for the rest.
test('a remembered size beyond the limits is brought back into them; without a second pane there is no divider', async () => {
  useView.setState({ panes: { pane: 5_000 } });
  {
    await using _panel = await renderPanel(subject, split('two'));
    expect((await screen.findByRole('separator')).getAttribute('aria-valuenow')).toBe('400');
  }
  await using _panel = await renderPanel(subject, split(null));
  await screen.findByText('one');
  expect(screen.queryByRole('separator')).toBeNull();
});

// Catches a drag that is ended by leaving the divider, and one that goes on after the button was released.
test('a drag moves the divider by what the pointer moved, until it is released', async () => {
  await using _panel = await renderPanel(subject, split('two'));
  const divider = await screen.findByRole('separator');
  fireEvent.pointerDown(divider, { clientX: 500, pointerId: 1 });
  fireEvent.pointerMove(divider, { clientX: 470 });
  expect(divider.getAttribute('aria-valuenow')).toBe('330');
  fireEvent.lostPointerCapture(divider);
  fireEvent.pointerMove(divider, { clientX: 300 });
  expect(divider.getAttribute('aria-valuenow')).toBe('330');
});

// Catches a call to the host for every letter, and a field that keeps the text of filters that were cleared elsewhere.
test('the filter speaks when typing rests, and follows the address', async () => {
  const said: (string | undefined)[] = [];
  function Filtered() {
    const [q, setQ] = useState<string | undefined>('old');
    return (
      <>
        <FilterField
          value={q}
          placeholder="Filter tasks"
          onChange={(next) => {
            said.push(next);
            setQ(next);
          }}
        />
        <Button onClick={() => setQ(undefined)}>Clear filters</Button>
      </>
    );
  }
  await using panel = await renderPanel(subject, <Filtered />);
  const field = await screen.findByRole<HTMLInputElement>('searchbox', { name: 'Filter tasks' });
  await panel.user.clear(field);
  await panel.user.type(field, 'login');
  await waitFor(() => expect(said).toEqual(['login']));
  await panel.user.click(screen.getByRole('button', { name: 'Clear filters' }));
  await waitFor(() => expect(field.value).toBe(''));
});
