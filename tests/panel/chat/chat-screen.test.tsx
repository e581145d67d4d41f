/** What an operator sees and does in Chat, against a real host whose engine says what it is ordered to. */
import { act, screen, waitFor, within } from '@testing-library/react';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChatScreen } from '../../../src/renderer/features/chat/chat-screen.tsx';
import { type InferenceHost, scriptedHost } from '../../support/inference.ts';
import { losable } from '../../support/losable-client.ts';
import { renderPanel, type TestPanel } from '../../support/panel.tsx';

let subject: InferenceHost;
beforeAll(async () => {
  subject = await scriptedHost({ parallel: 2 }, [
    ['tiny', { name: 'Tiny' }],
    ['other', { name: 'Other' }],
  ]);
});
afterAll(() => subject[Symbol.asyncDispose]());

const soon = { timeout: 15_000 };
const order = (script: object) => JSON.stringify(script);
const open = (at = '/chat') => renderPanel(subject, <ChatScreen />, { at });
const input = () => screen.findByRole('textbox', { name: 'Message' }, soon);
const log = () => within(screen.getByRole('log', { name: 'Conversation' }));
const answers = () => log().queryAllByRole('article', { name: 'Assistant' });

async function say(panel: TestPanel, text: string): Promise<void> {
  const box = await input();
  await panel.user.click(box);
  await panel.user.paste(text);
  await panel.user.keyboard('{Enter}');
}
/** The last answer has this text. */
const answered = (text: string | RegExp) =>
  waitFor(() => {
    const last = answers().at(-1);
    if (last === undefined) throw new Error('there is no answer');
    within(last).getByText(text);
    return within(last);
  }, soon);

// Catches a message that goes out twice or stays in the box, and an answer that is not kept.
test('a message is sent, and its answer kept in a conversation of its own', async () => {
  await using panel = await open();
  await say(panel, order({ say: ['so ', 'it is'] }));
  await answered('so it is');
  await waitFor(() => expect(panel.address()).toMatch(/^\/chat\/ses_/), soon);
  expect(((await input()) as HTMLTextAreaElement).value).toBe('');
  const id = panel.address().slice('/chat/'.length).split('?')[0] ?? '';
  const { messages } = await subject.host.client.call('get_history', { session_id: id });
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
});

// Catches a Stop that throws the text away, and a Continue that begins anew.
test('an answer that is stopped keeps its text, and goes on where it was', async () => {
  await using panel = await open();
  await say(panel, order({ say: ['until ', 'now'], after: 'hang' }));
  await answered('until now');
  await panel.user.click(await screen.findByRole('button', { name: 'Stop' }, soon));
  const stopped = await answered(/Stopped/);
  expect(stopped.getByText('until now')).toBeTruthy();
  await panel.user.click(await stopped.findByRole('button', { name: 'Continue' }, soon));
  await answered('until nowuntil now');
});

// Catches an edit that overwrites what was asked before, and a version that cannot be gone back to.
test('a message that is edited begins a branch, and the other one is still there', async () => {
  await using panel = await open();
  await say(panel, order({ say: ['first'] }));
  await answered('first');
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Stop' })).toBeNull(), soon);
  await panel.user.click(await input());
  await panel.user.keyboard('{ArrowUp}');
  const question = within(await log().findByRole('article', { name: 'You' }, soon));
  const edit = await question.findByRole('textbox', { name: 'Message' }, soon);
  await panel.user.clear(edit);
  await panel.user.paste(order({ say: ['second'] }));
  await panel.user.keyboard('{Control>}{Enter}{/Control}');
  await answered('second');
  const asked = within(await log().findByRole('article', { name: 'You' }, soon));
  await asked.findByText('2/2', undefined, soon);
  await panel.user.click(asked.getByRole('button', { name: 'Previous version' }));
  await answered('first');
});

// Catches two requests of which one overwrites the other.
test('two models answer side by side, and one of the answers is gone on with', async () => {
  await using panel = await open();
  await input();
  await panel.user.click(await screen.findByRole('button', { name: 'Compare' }, soon));
  await say(panel, order({ say: ['both'] }));
  await waitFor(
    () => expect(answers().map((one) => within(one).queryByText('both') !== null)).toEqual([true, true]),
    soon,
  );
  const use = await screen.findAllByRole('button', { name: 'Use this answer' }, soon);
  await panel.user.click(use[0] as HTMLElement);
  await waitFor(() => expect(answers()).toHaveLength(1), soon);
});

// Catches an engine's end that takes the text with it, or leaves the conversation stuck.
test('an engine that ends leaves its text and the reason, and the next message is answered', async () => {
  await using panel = await open();
  await say(panel, order({ say: ['half ', 'of'], after: 'crash' }));
  await answered('half of');
  await answered(/exit code 7/);
  await say(panel, order({ say: ['well'] }));
  await answered('well');
});

// Catches a message that is lost because the host was gone when it was sent.
test('without its host a message stays in the box, and Send says why', async () => {
  const host = losable();
  await using panel = await renderPanel(subject, <ChatScreen />, { at: '/chat', through: host.through });
  const box = (await input()) as HTMLTextAreaElement;
  await screen.findByRole('combobox', { name: 'Model' }, soon);
  act(() => host.lose());
  await panel.user.click(box);
  await panel.user.paste('are you there');
  await panel.user.keyboard('{Enter}');
  expect(box.value).toBe('are you there');
  expect(screen.queryByRole('article')).toBeNull();
  const send = screen.getByRole('button', { name: /Send/ });
  expect(send.getAttribute('aria-disabled')).toBe('true');
  expect(send.getAttribute('aria-description')).toBeTruthy();
  act(() => host.find());
  await waitFor(() => expect(send.getAttribute('aria-disabled')).toBeNull(), soon);
  await panel.user.click(send);
  await answered('are you there');
});
