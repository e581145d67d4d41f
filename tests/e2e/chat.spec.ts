/** Conversations in the panel: with an engine that says what it is ordered to, and once with a real one. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeLlama } from '../support/models/llama-model.ts';
import { faults } from './support/axe.ts';
import { answers, asked, choose, done, input, log, order, say, shot } from './support/chat.ts';
import { expect, open, test } from './support/test.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-e2e-chat-'));
test.afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
for (const name of ['tiny', 'tiny-2']) {
  fs.mkdirSync(path.join(folder, 'test', name), { recursive: true });
  writeLlama(path.join(folder, 'test', name, `${name}-F16.gguf`), { name: name === 'tiny' ? 'Tiny' : 'Tiny two' });
}

test.describe('with a scripted engine', () => {
  test.use({ scripted: folder });

  // Would catch: Send that wraps to a line of its own, at the left, or out of the window, beside the other buttons of a message.
  test('at 200 % Send stays at the right end of the box, in view, however long the message is', async ({ page }) => {
    await page.setViewportSize({ width: 720, height: 450 });
    await open(page, '/chat');
    const send = page.getByRole('button', { name: 'Send' });
    await expect(page.getByRole('button', { name: /^Load/ })).toBeVisible();
    for (const text of ['Short', 'One line\n'.repeat(30)]) {
      await input(page).fill(text);
      await expect(send).toBeInViewport({ ratio: 1 });
      const box = await send.boundingBox();
      const field = await input(page).boundingBox();
      expect((field?.x ?? 0) + (field?.width ?? 0) - ((box?.x ?? 0) + (box?.width ?? 0))).toBeLessThan(20);
    }
    await shot(page, 'send-720');
  });

  // Would catch: an answer that is lost with the page, HTML of a model that becomes part of the page, pictures that are fetched.
  test('an answer is streamed as Markdown, and is there after a reload', async ({ page }) => {
    await open(page, '/chat');
    await choose(page);
    const text =
      '# Title\n\n<b>bold</b> **strong** [link](https://example.com) [in](#/settings) ![picture](https://example.com/a.png)\n\n```js\nconst a = 1;\n```\n';
    await say(page, order({ say: [text] }));
    await expect(answers(page).getByText('strong')).toBeVisible();
    await expect(page).toHaveURL(/#\/chat\/ses_/);
    await expect(answers(page)).toContainText('<b>bold</b>');
    await expect(answers(page).getByRole('link', { name: 'link', exact: true })).toHaveAttribute('target', '_blank');
    await expect(answers(page).getByRole('link', { name: 'in', exact: true })).toHaveCount(0);
    await expect(answers(page).getByRole('img')).toHaveCount(0);
    await expect(answers(page).getByRole('button', { name: 'Copy code' })).toBeVisible();
    await expect(answers(page)).toContainText('1 token');
    await page.reload();
    await expect(answers(page).getByText('strong')).toBeVisible();
    expect(await faults(page)).toEqual([]);
    await shot(page, 'answer');
  });

  // Would catch: Stop that throws the text away, a reload that does, Continue that begins anew.
  test('an answer is stopped, one is cut off by a reload, and both go on where they were', async ({ page, watch }) => {
    watch.allow(/./);
    await open(page, '/chat');
    await choose(page);
    await say(page, order({ say: ['so ', 'far'], after: 'hang' }));
    await expect(answers(page)).toContainText('so far');
    await shot(page, 'writing');
    await page.keyboard.press('ControlOrMeta+.');
    await expect(answers(page)).toContainText('Stopped');
    await answers(page).getByRole('button', { name: 'Continue' }).click();
    await expect(answers(page)).toContainText('so farso far');
    await expect(answers(page).getByRole('button', { name: 'Continue' })).toHaveCount(0);

    await say(page, order({ say: ['and ', 'on'], after: 'hang' }));
    await expect(answers(page).last()).toContainText('and on');
    await page.reload();
    await expect(answers(page).last()).toContainText('and on');
    await expect(answers(page).last().getByRole('button', { name: 'Continue' })).toBeVisible();
    await shot(page, 'cut');
  });

  // Would catch: a crash of the engine that takes the text with it or leaves the conversation stuck.
  test('an engine that dies leaves its text, the reason and Continue', async ({ page }) => {
    await open(page, '/chat');
    await choose(page);
    await say(page, order({ say: ['half ', 'of'], after: 'crash' }));
    await expect(answers(page)).toContainText('half of');
    await answers(page).getByRole('button', { name: 'Continue' }).click();
    await expect(answers(page)).toContainText('half ofhalf of');
    await say(page, order({ say: ['well'] }));
    await expect(answers(page).last()).toContainText('well');
  });

  // Would catch: an answer that is lost with the host, or that seems to be written for ever.
  test('a host that is killed leaves the text, and after its start the answer goes on', async ({
    page,
    host,
    watch,
  }) => {
    watch.allow(/./);
    await open(page, '/chat');
    await choose(page);
    await say(page, order({ say: ['until ', 'now'], after: 'hang' }));
    await expect(answers(page)).toContainText('until now');
    // Longer than what is kept back between two writes.
    await expect(answers(page)).toContainText('2 tokens');
    await host.kill();
    await expect(page.getByRole('button', { name: 'Stop' })).toHaveCount(0);
    await shot(page, 'offline');
    await host.restart();
    await expect(answers(page)).toContainText('TabAgent ended while the answer was being written', { timeout: 20_000 });
    await answers(page).getByRole('button', { name: 'Continue' }).click();
    await expect(answers(page)).toContainText(/until (nowuntil now|until)/);
  });

  // Would catch: an edit that overwrites, versions that cannot be gone back to, keys that do nothing.
  test('a message is edited, an answer asked for again, and the versions are gone through', async ({ page }) => {
    await open(page, '/chat');
    await choose(page);
    await say(page, order({ say: ['first'] }));
    await expect(answers(page)).toContainText('first');
    await done(page);
    await input(page).focus();
    await page.keyboard.press('ArrowUp');
    const edit = asked(page).getByRole('textbox', { name: 'Message' });
    await edit.fill(order({ say: ['second'] }));
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(answers(page)).toContainText('second');
    await expect(asked(page)).toContainText('2/2');
    await asked(page).getByRole('button', { name: 'Previous version' }).click();
    await expect(answers(page)).toContainText('first');
    await answers(page).getByRole('button', { name: 'Answer again' }).click();
    await expect(answers(page)).toContainText('2/2');
    await shot(page, 'versions');
  });

  // Would catch: two requests that overwrite each other, an answer of which it is not said who gave it.
  test('two models answer the same side by side, and one is gone on with', async ({ page }) => {
    await open(page, '/chat');
    await choose(page);
    await page.getByRole('button', { name: 'Compare' }).click();
    await say(page, order({ say: ['both'] }));
    await expect(answers(page)).toHaveCount(2);
    await expect(answers(page).nth(0)).toContainText('both');
    await expect(answers(page).nth(1)).toContainText('both');
    await expect(answers(page)).toContainText([/test\/tiny/, /test\/tiny/]);
    expect(await faults(page)).toEqual([]);
    await shot(page, 'compare');
    await page.getByRole('button', { name: 'Use this answer' }).first().click();
    await expect(answers(page)).toHaveCount(1);
    await expect(answers(page)).toContainText('/2');
  });

  // Would catch: a call of a tool that looks like text, a result that does not reach the model, a raw tab that shows something else.
  test('a tool call is shown, gets its result, and the raw tab has the request', async ({ page }) => {
    await open(page, '/chat');
    await choose(page);
    const tool = { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } };
    await page.getByRole('textbox', { name: 'Tools' }).fill('[');
    await expect(page.getByText('Tools are a list in JSON')).toBeVisible();
    await page.getByRole('textbox', { name: 'Tools' }).fill(JSON.stringify([tool]));
    await page.getByRole('textbox', { name: 'Temperature' }).fill('0.5');
    const call = '<tool_call>\n{"name": "weather", "arguments": {"town": "Oslo"}}\n</tool_call>';
    await say(page, order({ say: [call] }));
    await expect(page.getByRole('region', { name: 'Call of weather' })).toContainText('Oslo');
    await page.getByRole('textbox', { name: 'Result of weather' }).fill(order({ say: ['It snows'] }));
    await shot(page, 'tool');
    await page.getByRole('button', { name: 'Send result' }).click();
    await expect(answers(page).last()).toContainText('It snows');
    await page.getByRole('tab', { name: 'Raw' }).click();
    await expect(page.getByRole('complementary', { name: 'Parameters' })).toContainText('0.5');
    await shot(page, 'raw');
    expect(await faults(page)).toEqual([]);
  });

  // Would catch: a draft that is lost, a conversation that is not found, one that is gone for good at the first mistake.
  test('drafts survive a reload; conversations are found, renamed, exported, deleted and brought back', async ({
    page,
  }) => {
    await open(page, '/chat');
    await choose(page);
    await say(page, order({ say: ['the zebra sleeps'] }));
    await expect(answers(page)).toContainText('zebra');
    await input(page).fill('not sent yet');
    await page.reload();
    await expect(input(page)).toHaveValue('not sent yet');
    await page.getByRole('searchbox', { name: 'Search conversations' }).fill('zebra sle');
    await expect(page.getByRole('region', { name: 'In messages' })).toContainText('the zebra sleeps');
    await page.getByRole('searchbox', { name: 'Search conversations' }).fill('');
    await page.getByRole('button', { name: 'Actions for the conversation' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Animals');
    await page.keyboard.press('Enter');
    const list = page.getByRole('navigation', { name: 'Conversations' });
    await expect(list).toContainText('Animals');
    await page.getByRole('button', { name: 'Actions for the conversation' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Export as Markdown' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('Animals.md');
    expect(fs.readFileSync(await file.path(), 'utf8')).toContain('the zebra sleeps');
    await log(page).focus();
    await page.keyboard.press('Delete');
    await expect(list).not.toContainText('Animals');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(list).toContainText('Animals');
  });
});

test.describe('with a real engine', () => {
  test.use({ fresh: true });

  // Would catch: a panel that only works with what the tests script; counts that are not those of the engine.
  test('without a model it says so; a tiny model is loaded from the composer and answers', async ({ page, api }) => {
    await open(page, '/chat');
    await expect(page.getByText('No chat model is installed.')).toBeVisible();
    expect(await faults(page)).toEqual([]);
    await shot(page, 'empty');
    await api.call('models_import', { path: path.join(folder, 'test/tiny/tiny-F16.gguf') });
    await page.getByRole('button', { name: /^Load Tiny/ }).click();
    await expect(page.getByRole('button', { name: /^(Load Tiny|Cancel loading)/ })).toHaveCount(0, { timeout: 30_000 });
    await expect(page.getByRole('meter', { name: 'Memory of loaded models' })).toBeVisible();
    // Sampled, it may end sooner.
    await page.getByRole('textbox', { name: 'Temperature' }).fill('0');
    await page.getByRole('textbox', { name: 'Max tokens' }).fill('24');
    await say(page, 'the people');
    await expect(answers(page)).toContainText('24 tokens');
    await expect(answers(page)).toContainText('Token limit reached');
    const before = await answers(page).innerText();
    await answers(page).getByRole('button', { name: 'Continue' }).click();
    await expect.poll(() => answers(page).innerText()).not.toBe(before);
    await done(page);
    await expect(answers(page)).toContainText(/tokens\/s/);

    // Would catch: a full context that offers the same again, which cannot succeed, and messages that are left out without a word.
    await say(page, 'the old news '.repeat(24));
    await done(page);
    await expect(answers(page)).toHaveCount(2);
    await say(page, 'the new news '.repeat(24));
    const failure = log(page).getByRole('alert');
    await expect(failure).toContainText(/The prompt has \d+ tokens/);
    await expect(failure.getByRole('link', { name: 'New chat' })).toBeVisible();
    await expect(failure.getByRole('button', { name: 'Try again' })).toHaveCount(0);
    await shot(page, 'full');
    await failure.getByRole('button', { name: 'Drop oldest messages' }).click();
    await expect(page.getByText(/messages? at the beginning did not fit and w(as|ere) left out/)).toBeVisible();
    await expect(answers(page)).toHaveCount(3);
    await expect(page.getByLabel('Drop the oldest messages when the context is full')).toBeChecked();
  });
});
