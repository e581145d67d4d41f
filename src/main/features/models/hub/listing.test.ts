/** From the files of a repo to its quantizations. */
import { describe, expect, test } from 'vitest';
import type { HubClient } from './client.ts';
import { filesOf, type HubFile, HubRepo, quantsOf, Revision } from './listing.ts';

const file = (path: string, bytes = 10): HubFile => ({ path, bytes, sha256: null, blob: null });
const quants = (...paths: string[]) =>
  Object.fromEntries(
    quantsOf(paths.map((path) => file(path))).map(({ key, files }) => [key, files.map((one) => one.path)]),
  );

describe('quantizations', () => {
  test('are told by the names of GGUF files', () => {
    expect(quants('README.md', 'm-Q4_K_M.gguf', 'm-IQ3_XXS.gguf', 'm.gguf')).toEqual({
      Q4_K_M: ['m-Q4_K_M.gguf'],
      IQ3_XXS: ['m-IQ3_XXS.gguf'],
      default: ['m.gguf'],
    });
  });

  // Catches a model that is downloaded without its second half, and its size without it.
  test('of several parts have all of them, and their size', () => {
    const parts = ['Q8_0/m-Q8_0-00001-of-00002.gguf', 'Q8_0/m-Q8_0-00002-of-00002.gguf'];
    expect(quants(...parts)).toEqual({ Q8_0: parts });
    expect(quantsOf(parts.map((path) => file(path, 100)))[0]?.bytes).toBe(200);
  });

  test('of two models in one repo are those of the first', () => {
    expect(quants('a-Q8_0.gguf', 'b-Q8_0.gguf')).toEqual({ Q8_0: ['a-Q8_0.gguf'] });
  });

  // Catches a projector of pictures that is offered, and started, as a model.
  test('do not come from projectors', () => {
    expect(quants('mmproj-model-f16.gguf', 'm-Q8_0.gguf')).toEqual({ Q8_0: ['m-Q8_0.gguf'] });
  });

  test('of ONNX models come with their weights and with what describes them', () => {
    const found = quants(
      'config.json',
      'tokenizer.json',
      '1_Pooling/config.json',
      'pytorch_model.bin',
      'onnx/model.onnx',
      'onnx/model.onnx_data',
      'onnx/model_q4f16.onnx',
      'onnx/deep/model.onnx',
    );
    const describing = ['config.json', 'tokenizer.json', '1_Pooling/config.json'];
    expect(found).toEqual({
      fp32: ['onnx/model.onnx', 'onnx/model.onnx_data', ...describing],
      q4f16: ['onnx/model_q4f16.onnx', ...describing],
    });
  });

  // Catches weights that are looked for by the beginning of a name: those of another model would be downloaded with it.
  // Catches a download of twice the size, of which half is never opened.
  test('a merged decoder comes without those that it was made of', () => {
    const names = ['encoder_model', 'decoder_model', 'decoder_model_merged', 'decoder_with_past_model'];
    const all = names.flatMap((name) => [file(`onnx/${name}.onnx`), file(`onnx/${name}.onnx_data`)]);
    const keys = (files: ReturnType<typeof file>[]) =>
      quantsOf(files)[0]
        ?.files.map(({ path }) => path)
        .sort();
    expect(keys(all)).toEqual(
      ['decoder_model_merged', 'encoder_model'].flatMap((name) => [`onnx/${name}.onnx`, `onnx/${name}.onnx_data`]),
    );
    const two = all.filter(({ path }) => !path.includes('merged'));
    expect(keys(two)).toHaveLength(6);
  });

  test('of ONNX models have their own weights and no others', () => {
    const names = ['a_data.onnx', 'a_data.onnx_data', 'a_data.onnx_data_1', 'a_data.onnx_data.txt', 'b.onnx_data'];
    expect(quants(...names)).toEqual({ fp32: names.slice(0, 3) });
  });

  test('leave out a description that is as large as a model', () => {
    const found = quantsOf([file('model.onnx'), file('tokenizer.json', 65 * 1024 * 1024)]);
    expect(found[0]?.files.map(({ path }) => path)).toEqual(['model.onnx']);
  });
});

/** Pages of a listing, each with the address of the next one. */
function clientOf(...pages: unknown[]): HubClient & { asked: string[] } {
  const asked: string[] = [];
  const client: Pick<HubClient, 'text'> = {
    async text(address) {
      const page = asked.push(address) - 1;
      const headers = new Headers();
      if (page < pages.length - 1) headers.set('link', `<https://hub.example/tree?cursor=${page + 1}>; rel="next"`);
      const text = typeof pages[page] === 'string' ? (pages[page] as string) : JSON.stringify(pages[page]);
      return { text, headers, url: new URL('https://hub.example/tree') };
    },
  };
  return { ...client, asked } as HubClient & { asked: string[] };
}
const listing = (client: HubClient) => filesOf(client, 'o/m', 'main', new AbortController().signal);
const entry = (path: string) => ({ type: 'file', path, size: 3, oid: 'a'.repeat(40) });

describe('the list of a repo', () => {
  // Catches an internal error because of what a mirror writes into a header.
  test('whose next page is no address is refused', async () => {
    const client = clientOf([entry('a.gguf')], []);
    const text = async (...asked: Parameters<HubClient['text']>) => {
      const answer = await client.text(...asked);
      return { ...answer, headers: new Headers({ link: '<http://[>; rel="next"' }) };
    };
    await expect(listing({ ...client, text })).rejects.toMatchObject({ slug: 'gateway-timeout' });
  });

  test('is read page by page', async () => {
    const client = clientOf([entry('a.gguf')], [entry('b.gguf'), { type: 'directory', path: 'onnx' }]);
    expect((await listing(client)).map(({ path }) => path)).toEqual(['a.gguf', 'b.gguf']);
    expect(client.asked[1]).toBe('https://hub.example/tree?cursor=1');
  });

  // Catches a hub, or what stands in for it, that says "next" for ever.
  test('ends after a bounded number of pages', async () => {
    const client = clientOf(...Array.from({ length: 50 }, () => []));
    await listing(client);
    expect(client.asked).toHaveLength(20);
  });

  // Catches a list that is compared with itself, each file with each other: 20 000 held the host up for seven seconds.
  test('of more files than any repo has is refused', async () => {
    const page = (from: number) => Array.from({ length: 1000 }, (_, index) => entry(`${from + index}.onnx`));
    const pages = [0, 1, 2, 3, 4, 5].map((number) => page(number * 1000));
    expect(await listing(clientOf(...pages.slice(0, 5)))).toHaveLength(5000);
    await expect(listing(clientOf(...pages))).rejects.toMatchObject({ slug: 'payload-too-large' });
  });

  // Catches a name by which a download is written outside of the models folder.
  test('has no file whose name leads elsewhere', async () => {
    const names = [
      '../x.gguf',
      '/etc/x.gguf',
      'a/../x.gguf',
      'a//x.gguf',
      '.ssh/x',
      'a\\b.gguf',
      'a\0.gguf',
      'C:/x.gguf',
    ];
    expect(await listing(clientOf(names.map(entry)))).toEqual([]);
  });

  test('tells the hash of large files by SHA-256, of small ones by Git', async () => {
    const lfs = { oid: 'b'.repeat(64), size: 5000 };
    const found = await listing(clientOf([entry('config.json'), { ...entry('m.gguf'), lfs }]));
    expect(found).toEqual([
      { path: 'config.json', bytes: 3, sha256: null, blob: 'a'.repeat(40) },
      { path: 'm.gguf', bytes: 5000, sha256: lfs.oid, blob: null },
    ]);
  });

  test.each([
    ['<html>captive portal</html>'],
    [{ error: 'x' }],
    [[{ type: 'file', path: 3 }]],
  ])('that is none is told as such: %j', async (page) => {
    await expect(listing(clientOf(page))).rejects.toMatchObject({ slug: 'gateway-timeout' });
  });
});

test.each([
  ['owner/repo', true],
  ['owner/repo.v1-GGUF_2', true],
  ['owner', false],
  ['owner/a/b', false],
  ['../repo', false],
  ['owner/..', false],
  ['owner/a..b', false],
  ['.hidden/repo', false],
  ['owner/re po', false],
])('%s as the name of a repo: %s', (name, fits) => {
  expect(HubRepo.safeParse(name).success).toBe(fits);
});

test('a revision is a branch, a tag or a commit, and no path', () => {
  expect(
    ['main', 'v1.0', 'a'.repeat(40), 'refs/pr/1', '..', ''].map((name) => Revision.safeParse(name).success),
  ).toEqual([true, true, true, false, false, false]);
});
