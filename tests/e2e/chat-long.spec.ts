/** A conversation that is much longer than the page. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeLlama } from '../support/models/llama-model.ts';
import { answers, log, order, say } from './support/chat.ts';
import { expect, open, test } from './support/test.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-e2e-chat-long-'));
test.afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
fs.mkdirSync(path.join(folder, 'test', 'tiny'), { recursive: true });
writeLlama(path.join(folder, 'test', 'tiny', 'tiny-F16.gguf'), { name: 'Tiny' });
test.use({ scripted: folder });

// Would catch: a long conversation that is in the page whole, that jumps while its reader is somewhere else, that loses its end.
test('a conversation of 2 000 messages stays quick, and follows its end only while the reader is there', async ({
  page,
  api,
}) => {
  /** A conversation of so many messages. @returns its id */
  const conversation = async (count: number) => {
    const { id } = await api.call('sessions_create', { title: `${count} messages`, model: 'test/tiny:F16' });
    const messages = Array.from({ length: count - 1 }, (_, at) => ({
      role: at % 2 === 0 ? ('user' as const) : ('assistant' as const),
      content: `Message ${at} ${'lorem ipsum '.repeat(at % 30)}`,
    }));
    const last = { role: 'user' as const, content: order({ say: [`Message ${count - 1}`] }) };
    await api.call('chat', { model: 'test/tiny:F16', session_id: id, messages: [...messages, last] });
    return id;
  };
  /** Time from frame to frame while it is scrolled, ms. */
  const frameTime = () =>
    log(page).evaluate(async (el) => {
      const times: number[] = [];
      let before = performance.now();
      for (let step = 0; step < 60; step++) {
        el.scrollTop -= 300;
        await new Promise((done) => requestAnimationFrame(done));
        const now = performance.now();
        times.push(now - before);
        before = now;
      }
      return times.sort((a, b) => a - b)[30] ?? 0;
    });
  await open(page, `/chat/${await conversation(200)}`);
  await expect(log(page)).toContainText('Message 199');
  const short = await frameTime();
  const id = await conversation(2_000);
  await open(page, `/chat/${id}`);
  await expect(log(page)).toContainText('Message 1999');
  expect(await log(page).getByRole('article').count()).toBeLessThan(40);
  await say(page, order({ say: ['one\n\n', 'two\n\n', 'three\n\n'], after: 'hang' }));
  await expect(answers(page).last()).toContainText('three');
  const distance = () => log(page).evaluate((el) => el.scrollHeight - el.scrollTop - el.clientHeight);
  await expect.poll(distance).toBeLessThan(4);
  await log(page).evaluate((el) => el.scrollTo({ top: el.scrollTop - 3_000 }));
  await expect(page.getByRole('button', { name: 'To the end' })).toBeVisible();
  /** The message in the middle, and where it is. */
  const middle = () =>
    log(page).evaluate((el) => {
      const box = el.getBoundingClientRect();
      const found = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)?.closest('article');
      return { text: found?.textContent, top: Math.round(found?.getBoundingClientRect().top ?? 0) };
    });
  await expect(log(page)).not.toContainText('three');
  await expect.poll(async () => (await middle()).text).toBeDefined();
  const seen = await middle();
  await page.keyboard.press('ControlOrMeta+.');
  await expect(page.getByRole('button', { name: 'Send' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Stop' })).toHaveCount(0);
  expect(await middle()).toEqual(seen);
  expect((await frameTime()) / short).toBeLessThan(2);
});
